// Numbers, dates and sentences in the reader's language, by Intl. Pure: knows nothing of the page.

const NOT_KNOWN = "–";

/** Formatters of one language; figures that are not known become a dash, as on the server. */
export function createFormats(language) {
  const whole = new Intl.NumberFormat(language, { maximumFractionDigits: 0 });
  const shortDay = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeZone: "UTC" });
  const day = new Intl.DateTimeFormat(language, { dateStyle: "long", timeZone: "UTC" });
  return {
    percent: (share) => (share === null ? NOT_KNOWN : `${whole.format(share * 100)}\u202f%`),
    number: (count) => (count === null ? NOT_KNOWN : whole.format(count)),
    shortDate: (iso) => (iso === null ? NOT_KNOWN : shortDay.format(new Date(`${iso}T00:00:00Z`))),
    date: (iso) => (iso === null ? NOT_KNOWN : day.format(new Date(`${iso}T00:00:00Z`))),
  };
}

/** "{shown} von {all}" with its blanks filled in. */
export function fill(sentence, values) {
  return sentence.replace(/\{(\w+)\}/g, (blank, name) => (name in values ? String(values[name]) : blank));
}
