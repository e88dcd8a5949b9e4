// The reader's words, and time as people say it. Times are shown in Vietnam's zone.

const start = JSON.parse(document.getElementById("start").textContent);

export const { me, csrf, mayTakeOver, language } = start;
export const pageTitle = start.title;

const ZONE = "Asia/Ho_Chi_Minh";
const locale = language === "vi" ? "vi-VN" : "en-GB";
const hour = new Intl.DateTimeFormat(locale, { timeZone: ZONE, hour: "2-digit", minute: "2-digit" });
// ICU writes 28-11 in Vietnamese, beside 28/11/2026.
const shortDate = new Intl.DateTimeFormat("en-GB", { timeZone: ZONE, day: "2-digit", month: "2-digit" });
const wholeDate = new Intl.DateTimeFormat(locale, {
  timeZone: ZONE, day: "2-digit", month: "2-digit", year: "numeric",
});
const dayKey = new Intl.DateTimeFormat("en-CA", { timeZone: ZONE });

let ahead = 0; // how far the server's clock is ahead of this one, in ms

export function setServerTime(iso) {
  ahead = Date.parse(iso) - Date.now();
}

export const now = () => Date.now() + ahead;

export function t(key, values = {}) {
  const words = start.words[key];
  if (words === undefined) throw new Error(`no words for ${key}`);
  return words.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

// The words for a code of ours, or the code itself when it has none.
export function nameOf(group, code) {
  return start.words[`${group}.${code}`] ?? code.replaceAll("_", " ");
}

export function customerName(customer) {
  return customer.name || t("who.anonymous", { id: customer.id });
}

// The hour of a moment that belongs to another: with its date when the days differ.
export function clock(iso, beside) {
  if (day(iso) === day(beside)) return t("clock.today", { time: timeOfDay(iso) });
  return t("clock.date", { time: timeOfDay(iso), date: fullDate(iso) });
}

export const number = (n) => n.toLocaleString(locale);
export const timeOfDay = (iso) => hour.format(new Date(iso));
export const fullDate = (iso) => wholeDate.format(new Date(iso));
export const date = (iso) => shortDate.format(new Date(iso));
export const day = (moment) => dayKey.format(new Date(moment));

export function dayName(iso) {
  if (day(iso) === dayKey.format(now())) return t("time.today");
  if (day(iso) === dayKey.format(now() - 86_400_000)) return t("time.yesterday");
  return fullDate(iso);
}

// When something is due: its hour, and its day as people say it.
export function dueText(iso) {
  const values = { time: timeOfDay(iso), date: date(iso) };
  if (day(iso) === dayKey.format(now())) return t("due.today", values);
  if (day(iso) === dayKey.format(now() + 86_400_000)) return t("due.tomorrow", values);
  const weekday = (new Date(`${day(iso)}T00:00:00Z`).getUTCDay() + 6) % 7;
  return t("due.day", { ...values, weekday: t(`weekday.${weekday}`) });
}

export function moment(iso) {
  const today = day(iso) === dayKey.format(now());
  return today ? timeOfDay(iso) : `${timeOfDay(iso)} ${fullDate(iso)}`;
}

// For lists: the hour today, the day before that.
export function stamp(iso) {
  return day(iso) === dayKey.format(now()) ? timeOfDay(iso) : date(iso);
}

export function duration(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 60) return t("time.seconds", { n: seconds });
  if (seconds < 3600) return t("time.minutes", { n: Math.floor(seconds / 60) });
  if (seconds < 86_400) {
    return t("time.hours", { h: Math.floor(seconds / 3600), m: Math.floor((seconds % 3600) / 60) });
  }
  return t("time.days", { n: Math.floor(seconds / 86_400) });
}

// Lower case without accents: "Hoàn tiền" → "hoan tien".
export function fold(text) {
  return text.toLowerCase().replaceAll("đ", "d").normalize("NFD").replace(/\p{M}/gu, "");
}
