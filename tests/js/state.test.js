// The state of the map and the query of its address say the same.
import assert from "node:assert/strict";
import { test } from "node:test";
import { createStore, format, INITIAL, parse } from "../../static/js/map/state.js";

const EVERYTHING =
  "?class=risky&class=robust&tier=none&tier=unknown&q=bad+h%C3%B6&places=off&spaces=off&kind=library&sort=-supply" +
  "&list=support&view=table&ags=06635015&place=17&entry=space-4&z=9.25&lat=51.2767&lon=8.8731";

test("what a query says is read and written alike", () =>
  assert.equal(format(parse(EVERYTHING)), EVERYTHING));

test("the first state has no query", () => {
  assert.equal(format(INITIAL), "");
  assert.deepEqual(parse(""), { ...INITIAL });
});

test("a link from the interplay page is understood", () => {
  const state = parse("?class=risky&tier=oberzentrum");
  assert.deepEqual([state.classes, state.tiers], [["risky"], ["oberzentrum"]]);
});

test("classes and tiers keep one order, whichever was chosen first", () => {
  assert.equal(format(parse("?class=robust&class=risky")), "?class=risky&class=robust");
});

for (const wrong of [
  "?class=angry",
  "?tier=metropolis",
  "?sort=weather",
  "?sort=--name",
  "?view=globe",
  "?ags=123",
  "?ags=0663501x",
  "?place=x1",
  "?place=-4",
  "?entry=place-4",
  "?entry=space-",
  "?list=mayors",
  "?support=on",
  "?kind=a%20b",
  "?z=9&lat=51",
  "?z=9&lat=&lon=9",
  "?z=ninety&lat=51&lon=9",
  "?z=9&lat=99&lon=9",
  "?utm_source=mail",
]) {
  test(`${wrong} is passed over`, () => assert.deepEqual(parse(wrong), { ...INITIAL }));
}

test("coordinates are rounded to what a screen can show", () => {
  const state = { ...INITIAL, zoom: 9.123456, latitude: 51.123456, longitude: 9.987654 };
  assert.equal(format(state), "?z=9.12&lat=51.1235&lon=9.9877");
});

test("listeners hear of changes only", () => {
  const store = createStore(INITIAL);
  const heard = [];
  store.subscribe((state, before) => heard.push([before.text, state.text]));
  store.set({ text: "Korbach" });
  store.set({ text: "Korbach" });
  assert.deepEqual(heard, [["", "Korbach"]]);
  assert.equal(store.get().text, "Korbach");
  assert.equal(INITIAL.text, "");
});
