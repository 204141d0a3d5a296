# syntax=docker/dockerfile:1
# Built with npm and a compiler; what runs has neither, nor a shell nor a package manager, and is nobody. Digests are
# pinned for each release by scripts/pin-base-images.sh; the release workflow refuses without.
FROM node:24-slim AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY tsconfig.json tsconfig.build.json ./
COPY src src
RUN npm run build && npm prune --omit=dev --omit=optional && mkdir data

FROM gcr.io/distroless/nodejs24-debian13:nonroot
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build /build/node_modules node_modules
COPY --from=build /build/dist dist
COPY package.json ./
COPY bin bin
COPY migrations migrations
COPY assets assets
COPY config config
COPY --from=build --chown=65532:65532 /build/data data
USER 65532:65532
VOLUME /app/data
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s CMD ["/nodejs/bin/node", "bin/health.mjs"]
ENTRYPOINT ["/nodejs/bin/node", "--liftoff-only", "--max-old-space-size=1024", "--max-semi-space-size=6", "dist/cli/headgate.js"]
CMD ["run"]
