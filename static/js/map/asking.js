// The page's side of a worker: questions and answers. The worker's side: answering.js.

/** Start the worker at `address` → {ask(name, argument, transferred), onChange(listener)}. */
export function startWorker(address) {
  const worker = new Worker(address, { type: "module" });
  const waiting = new Map();
  const listeners = [];
  let asked = 0;
  worker.addEventListener("message", ({ data: { id, answer, error } }) => {
    if (id === null) return listeners.forEach((listener) => listener());
    const { resolve, reject } = waiting.get(id);
    waiting.delete(id);
    return error ? reject(new Error(error)) : resolve(answer);
  });
  worker.addEventListener("error", () => {
    for (const { reject } of waiting.values()) reject(new Error(`${address} does not run`));
    waiting.clear();
  });
  return {
    ask: (name, argument, transferred = []) =>
      new Promise((resolve, reject) => {
        asked += 1;
        waiting.set(asked, { resolve, reject });
        worker.postMessage({ id: asked, name, argument }, transferred);
      }),
    /** `listener()` hears when the worker has something new that nobody asked for. */
    onChange: (listener) => listeners.push(listener),
  };
}
