// The flow's text, taken apart into rows and put together again. Whether it makes sense, the server
// says.

const STEP = "  ";
const ASK = /^([\s\S]*)(?:→|->)\s*(?:ghi vào\s*)?«([^«»]*)»\s*\(([\s\S]*)\)$/;
const IF = /^«([^«»]*)»\s*(\S+)\s*([\s\S]*)$/;
export const BARE = ["else", "person", "end"]; // rows that are one word

const plain = (text) =>
  text.normalize("NFD").replace(/\p{M}/gu, "").replace(/đ/gi, "d").toLowerCase().trim();

// {title, lines, rows}; a row has head, indent, line (its number) and what its head needs.
export function read(text, heads) {
  const known = Object.fromEntries(Object.entries(heads).map(([head, word]) => [plain(word), head]));
  const flow = { title: "", lines: [], rows: [] };
  let last = null;
  text.split("\n").forEach((raw, n) => {
    const content = raw.trim();
    if (!content) return;
    if (content.startsWith("|") && last) {
      last.text += `\n${content.slice(1).trim()}`;
      return;
    }
    const spaces = raw.replaceAll("\t", STEP).search(/\S/);
    const row = { line: n + 1, indent: Math.floor(spaces / STEP.length), head: "say", text: content };
    if (plain(content).startsWith("neu «")) {
      row.head = "if";
      row.text = content.slice(3).trim().replace(/:$/, "").trim();
    } else {
      const at = content.indexOf(":");
      const word = plain(at < 0 ? content : content.slice(0, at));
      const head = known[word] ?? (word === "neu khong" ? "else" : undefined);
      if (head) {
        row.head = head;
        row.text = at < 0 ? "" : content.slice(at + 1).trim();
      }
    }
    if (row.head === "title") flow.title = row.text;
    else if (row.head === "heard") flow.lines.push(...quoted(row.text));
    else flow.rows.push(row);
    last = row;
  });
  flow.rows.forEach(open);
  return flow;
}

function quoted(text) {
  const whole = /^["“][^"“”]*["”](\s*,\s*["“][^"“”]*["”])*$/;
  if (!whole.test(text)) return text ? [text] : [];
  return [...text.matchAll(/["“]([^"“”]*)["”]/g)].map((found) => found[1]);
}

// A question's and a condition's parts.
export function open(row) {
  row.name ??= "";
  row.kind ??= "chữ";
  row.options ??= "";
  row.how ??= "là";
  const asked = row.head === "ask" && row.text.match(ASK);
  if (asked) {
    const [kind, ...listed] = asked[3].split(":");
    [row.text, row.name, row.kind] = [asked[1].trim(), asked[2].trim(), kind.trim()];
    row.options = listed.join(":").trim();
  }
  const parted = row.head === "if" && row.text.match(IF);
  if (parted) {
    [row.name, row.how] = [parted[1].trim(), parted[2].toLowerCase()];
    row.text = row.how === "từ" ? parted[3].replace(/\s*trở lên$/, "") : parted[3];
  }
  return row;
}

// The text, and the number of the line on which each row begins.
export function write(flow, heads) {
  const out = [`${heads.title}: ${flow.title}`, ""];
  out.push(...flow.lines.map((line) => `${heads.heard}: ${line}`), "");
  for (const row of flow.rows) {
    const indent = STEP.repeat(row.indent);
    row.line = out.length + 1;
    out.push(...`${indent}${said(row, heads)}`.split("\n").map((line, n) => (n ? `${indent}${STEP}| ${line}` : line)));
  }
  return `${out.join("\n")}\n`;
}

function said(row, heads) {
  const word = heads[row.head];
  if (row.head === "person" || row.head === "end") return word;
  if (row.head === "else") return `${word}:`;
  if (row.head === "if") {
    const more = row.how === "từ" ? " trở lên" : "";
    return `${word} «${row.name}» ${row.how} ${row.text}${more}:`;
  }
  if (row.head === "say") return `${word}: ${row.text}`;
  const options = row.kind === "một trong" ? `: ${row.options}` : "";
  return `${word}: ${row.text} → «${row.name}» (${row.kind}${options})`;
}
