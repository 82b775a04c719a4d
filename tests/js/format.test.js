// Figures as the reader's language writes them, the same as on the server's pages.
import assert from "node:assert/strict";
import { test } from "node:test";
import { createFormats, fill } from "../../static/js/format.js";

const german = createFormats("de");
const english = createFormats("en-GB");

test("shares are percent, with a narrow space that does not break", () => {
  assert.equal(german.percent(0.7123), "71\u202f%");
  assert.equal(english.percent(1), "100\u202f%");
  assert.equal(german.percent(null), "–");
  assert.equal(german.percent(0), "0\u202f%");
});

test("numbers and days are the language's", () => {
  assert.equal(german.number(204202), "204.202");
  assert.equal(english.number(204202), "204,202");
  assert.equal(german.number(null), "–");
  assert.equal(german.date("2026-11-22"), "22. November 2026");
  assert.equal(english.date("2026-11-22"), "22 November 2026");
  assert.equal(german.date(null), "–");
});

test("blanks are filled, unknown ones are left to be seen", () => {
  assert.equal(fill("{shown} von {all}", { shown: 3, all: "1.000" }), "3 von 1.000");
  assert.equal(fill("{other}", {}), "{other}");
});
