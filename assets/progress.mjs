// Keeps the numbers of a running cycle fresh. Without it the page shows those of the moment that it was loaded at.

const panel = document.querySelector("[data-progress]");

/** Changes only what is different: a status is read out when it changes. */
function write(element, text) {
  if (element !== null && element.textContent !== text) element.textContent = text;
}

function show(progress) {
  let busy = false;
  for (const part of panel.querySelectorAll("[data-progress-part]")) {
    const { total, due, running } = progress[part.dataset.progressPart];
    const left = due + running;
    const bar = part.querySelector("progress");
    bar.max = Math.max(total, left, 1);
    bar.value = bar.max - left;
    const now = running > 0 ? `, ${running} of them now` : "";
    write(part.querySelector("span"), left === 0 ? "none left" : `${left} left${now}`);
    busy ||= left > 0;
  }
  write(panel.querySelector("[data-progress-state]"), busy ? "A cycle is running." : "Nothing is due.");
  const time = panel.querySelector("[data-progress-at] time");
  time.dateTime = progress.at;
  write(time, `${progress.at.slice(0, 19).replace("T", " ")} UTC`);
}

/** A browser opens few connections to one host: a page that nobody looks at gives its own back. */
let source;
function follow() {
  if (document.visibilityState === "visible" && source === undefined) {
    source = new EventSource(panel.dataset.progress);
    source.addEventListener("message", (event) => show(JSON.parse(event.data)));
  } else if (document.visibilityState === "hidden") {
    source?.close();
    source = undefined;
  }
}

if (panel !== null && "EventSource" in globalThis) {
  document.addEventListener("visibilitychange", follow);
  follow();
}
