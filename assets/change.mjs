// Shows a change as soon as it is built. Without it the page says so, with a link to the page that waits for it.

const TRIES = 5;

/** Each request waits on the server for what is being built. */
async function show(address) {
  for (let tries = 0; tries < TRIES; tries++) {
    const answer = await fetch(address, { headers: { accept: "text/html" } });
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const here = document.getElementById("change")?.closest("section");
    const built = page.getElementById("change")?.closest("section");
    if (here == null || built == null) return;
    if (built.querySelector("[data-pending]") !== null) continue;
    const wasFocused = here.contains(document.activeElement);
    here.replaceWith(built);
    if (wasFocused) focusOn(built.querySelector("h2"));
    return;
  }
}

/** Whoever stood on the link goes on from where it was. */
function focusOn(heading) {
  heading.tabIndex = -1;
  heading.focus();
}

const pending = document.querySelector("[data-pending]");
if (pending !== null) await show(pending.dataset.pending);
