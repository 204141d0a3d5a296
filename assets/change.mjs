// Shows a change as soon as it is built. Without it the page says so, with a link that loads it again.

const TRIES = 60;

/** Each request waits a second on the server for what is being built. */
async function wait() {
  for (let tries = 0; tries < TRIES; tries++) {
    const answer = await fetch(location.pathname, { headers: { accept: "text/html" } });
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const here = document.getElementById("change")?.closest("section");
    const built = page.getElementById("change")?.closest("section");
    if (here == null || built == null) return;
    if (built.querySelector("[data-pending]") === null) {
      here.replaceWith(built);
      return;
    }
  }
}

if (document.querySelector("[data-pending]") !== null) await wait();
