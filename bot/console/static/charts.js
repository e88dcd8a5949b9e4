// Draws a chart above every table with data-chart: the table is all it knows, and stays for those
// who cannot see or point. Without this script the tables are there.

const style = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

const number = (text) => (text === "" ? null : Number(text));

function read(table) {
  return [...table.tBodies[0].rows].map((row) => ({
    label: row.cells[0].textContent,
    told: [...row.cells].slice(1).map((cell) => cell.textContent),
    thin: row.classList.contains("thin"),
    value: number(row.dataset.value),
    low: number(row.dataset.low),
    high: number(row.dataset.high),
  }));
}

function tooltip(rows) {
  return {
    displayColors: false,
    filter: (item) => item.datasetIndex === 0,
    callbacks: {
      label: (item) => {
        const [value, n, interval] = rows[item.dataIndex].told;
        return interval === "–" ? [value, `N = ${n}`] : [value, `N = ${n}`, interval];
      },
    },
  };
}

function line(rows) {
  const accent = style("--accent");
  const band = { borderWidth: 0, pointRadius: 0, pointHitRadius: 0, clip: 8 };
  return [
    {
      data: rows.map((row) => row.value),
      borderColor: accent,
      borderWidth: 2,
      pointRadius: 4,
      pointHoverRadius: 6,
      pointBackgroundColor: rows.map((row) => (row.thin ? style("--surface") : accent)),
      spanGaps: false,
      clip: 8,
    },
    { ...band, data: rows.map((row) => row.high), fill: "+1", backgroundColor: style("--accent-soft") },
    { ...band, data: rows.map((row) => row.low) },
  ];
}

function bars(rows) {
  const [accent, pale] = [style("--accent"), style("--line-strong")];
  return [
    {
      data: rows.map((row) => row.value),
      backgroundColor: rows.map((row) => (row.thin ? pale : accent)),
      borderRadius: 4,
      maxBarThickness: 28,
    },
  ];
}

function draw(table) {
  const rows = read(table);
  const place = table.closest("figure").querySelector(".chart-place");
  const lying = table.dataset.chart === "bar";
  const [ink, grid] = [style("--muted"), style("--line")];
  const values = { min: 0, suggestedMax: 100, ticks: { color: ink, callback: (n) => `${n}%` }, grid: { color: grid } };
  const names = { ticks: { color: ink, maxRotation: 0, autoSkipPadding: 16 }, grid: { display: false } };
  place.hidden = false;
  if (lying) place.style.height = `${rows.length * 38 + 44}px`;
  return new window.Chart(place.querySelector("canvas"), {
    type: lying ? "bar" : "line",
    data: { labels: rows.map((row) => row.label), datasets: lying ? bars(rows) : line(rows) },
    options: {
      animation: false,
      maintainAspectRatio: false,
      indexAxis: lying ? "y" : "x",
      interaction: { mode: "index", intersect: false, axis: lying ? "y" : "x" },
      font: { family: getComputedStyle(document.body).fontFamily },
      plugins: { legend: { display: false }, tooltip: tooltip(rows) },
      scales: lying ? { x: values, y: names } : { x: names, y: values },
    },
  });
}

const tables = [...document.querySelectorAll("table[data-chart]")];
let drawn = tables.map(draw);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
  drawn.forEach((chart) => chart.destroy());
  drawn = tables.map(draw);
});
