#!/usr/bin/env bash
# Pins the base images of the Dockerfile, and the servers of docker-compose.yml, to the digests that their tags have now, as
# part of preparing a release; --check only says whether all of them are pinned. Needs docker with buildx for the first.
set -euo pipefail
cd "$(dirname "$0")/.."

unpinned=$({
  grep -iE '^[[:space:]]*(FROM|# *syntax=)|--from=[^ ]*[/:]' Dockerfile
  sed -nE 's/^[[:space:]]*image: ([^$ ]+).*/FROM \1/p' docker-compose.yml # our own is a variable
} | grep -vE '@sha256:[0-9a-f]{64}( |$)' || true)
if [ "${1:-}" = --check ]; then
  [ -z "$unpinned" ] && exit 0
  printf 'These are not pinned by digest; run scripts/pin-base-images.sh and commit the change:\n%s\n' "$unpinned" >&2
  exit 1
fi
while read -r image; do
  [ -n "$image" ] || continue
  digest=$(docker buildx imagetools inspect "$image" --format '{{.Manifest.Digest}}')
  [[ $digest =~ ^sha256:[0-9a-f]{64}$ ]] || { echo "no digest for $image: $digest" >&2; exit 1; }
  sed -i "s|$image\( \|\$\)|$image@$digest\1|" Dockerfile docker-compose.yml
  echo "$image@$digest"
done < <(printf '%s\n' "$unpinned" | sed -E 's/^(FROM |# syntax=)//; s/ AS .*//' | sort -u)
