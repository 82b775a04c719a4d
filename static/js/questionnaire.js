// The questionnaire saves what is typed while it is typed, shows entries that may be the same, and copies the personal
// link. Without it each step is saved when it is sent.

import { make } from "./dom.js";

const PAUSE = 700; // milliseconds without typing

for (const form of document.querySelectorAll("[data-questionnaire]")) {
  keep(form);
  compare(form);
  searchByEnter(form);
}
for (const week of document.querySelectorAll("[data-days]")) offerTheDayBefore(week);
for (const line of document.querySelectorAll("[data-copy]")) offerCopy(line);

/** Call `act` when nothing has happened for a while. */
function afterPause(act) {
  let timer = 0;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(act, PAUSE);
  };
}

function keep(form) {
  const status = form.querySelector("[data-status]");
  let leaving = false;
  const save = afterPause(async () => {
    if (leaving) return;
    const typed = new FormData(form);
    typed.set("autosave", "1");
    try {
      const answer = await fetch(location.href, { method: "POST", body: typed });
      status.textContent = answer.ok ? form.dataset.saved : form.dataset.failed;
    } catch {
      if (!leaving) status.textContent = form.dataset.failed;
    }
  });
  form.addEventListener("input", save);
  form.addEventListener("change", save);
  form.addEventListener("submit", () => (leaving = true));
}

function compare(form) {
  const box = form.querySelector("[data-similar]");
  const name = form.elements.namedItem("name");
  if (!box || !name) return;
  let latest = 0;
  const ask = async () => {
    const number = ++latest;
    const url = new URL(box.dataset.similar, location.href);
    url.searchParams.set("name", name.value);
    for (const field of ["longitude", "latitude", "municipality"]) {
      const typed = form.elements.namedItem(field)?.value;
      if (typed) url.searchParams.set(field, typed);
    }
    const answer = await fetch(url).catch(() => null);
    if (!answer?.ok || number !== latest) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    box.replaceChildren(...page.body.children);
  };
  name.addEventListener("input", afterPause(ask));
  if (name.value) ask();
}

/** Enter in a search field searches; elsewhere it goes on. */
function searchByEnter(form) {
  for (const row of form.querySelectorAll(".search-row")) {
    row.querySelector("input").addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      row.querySelector("button").click();
    });
  }
}

/** Every day but the first can take the times of the day before it. */
function offerTheDayBefore(week) {
  const days = [...week.querySelectorAll(".day")];
  days.slice(1).forEach((day, index) => {
    const name = make("span", { class: "visually-hidden" }, `: ${day.querySelector("legend").textContent}`);
    const button = make(
      "button",
      { type: "button", class: "link-button day__again" },
      week.dataset.again,
      name,
    );
    button.addEventListener("click", () => {
      const before = days[index].querySelectorAll("input");
      day.querySelectorAll("input").forEach((input, place) => (input.value = before[place].value));
      day.querySelector("details").open = days[index].querySelector("details").open;
      week.dispatchEvent(new Event("change", { bubbles: true }));
    });
    day.querySelector("details").before(button);
  });
}

function offerCopy(line) {
  const button = make("button", { type: "button", class: "button button--quiet" }, line.dataset.label);
  const status = make("span", { class: "soft", role: "status" });
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.getElementById(line.dataset.copy).textContent.trim());
    status.textContent = ` ${line.dataset.done}`;
  });
  if (navigator.clipboard) line.append(button, status);
}
