// Beside a text that is meant for elsewhere a button that copies it. Without script it is marked and copied by hand.

import { make } from "./dom.js";

for (const line of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard) break;
  const text = document.getElementById(line.dataset.copy);
  const button = make("button", { type: "button", class: "button button--quiet" }, line.dataset.label);
  const status = make("span", { class: "soft", role: "status" });
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(text.textContent.trim());
    status.textContent = ` ${line.dataset.done}`;
  });
  line.append(button, status);
}
