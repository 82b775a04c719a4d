// Asks the server for data. The browser's cache asks only for what changed (ETag). For the page and its workers.

/** What the address answers. Raises an Error with address and status where that is no success. */
export async function fetchJson(url) {
  const response = await fetch(url, { headers: { Accept: "application/json" } });
  if (!response.ok) throw new Error(`${url}: ${response.status}`);
  return response.json();
}
