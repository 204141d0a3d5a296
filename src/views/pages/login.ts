import { type Html, html } from "../html.ts";

/** The way in. `next`: the page that was asked for; `wrong`: why the last try did not work. */
export function loginPage({ next, wrong }: { readonly next: string; readonly wrong?: string }): Html {
  return html`${wrong !== undefined && html`<p class="notice urgent" role="alert">${wrong}</p>`}
<p class="lead"><code>headgate dashboard</code>, on the machine that Headgate runs on, prints a link that logs in. Or give the token:</p>
<form class="login" method="post" action="/login">
<input type="hidden" name="next" value="${next}">
<p><label for="token">Token</label>
<input id="token" name="token" type="password" autocomplete="current-password" required autofocus aria-describedby="token-help"></p>
<p id="token-help" class="quiet">It is <code>HEADGATE_HTTP_TOKEN</code>; where that is not set, the <code>token</code> in <code>daemon.json</code> of the data directory, new with each start.</p>
<p><label for="person">Your name</label>
<input id="person" name="person" autocomplete="name" maxlength="100" aria-describedby="person-help"></p>
<p id="person-help" class="quiet">Stands beside what you decide. You can also give it then.</p>
<p><button class="main">Log in</button></p>
</form>`;
}
