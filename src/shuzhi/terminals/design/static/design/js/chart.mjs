// @ts-check
/** Draws a chart from its table twin, so that both always say the same. */

import { tokensOf } from "./tokens.mjs";

const SHAPES = ["circle", "rect", "triangle", "diamond", "roundRect", "pin", "arrow", "emptyCircle"];

/** @param {HTMLElement} figure */
function readTable(figure) {
  const heads = [...figure.querySelectorAll("thead th")].slice(1).map((cell) => cell.textContent ?? "");
  const rows = [...figure.querySelectorAll("tbody tr")];
  const labels = rows.map((row) => row.querySelector("th")?.textContent ?? "");
  const values = heads.map((_, column) =>
    rows.map((row) => {
      const value = row.querySelectorAll("td")[column]?.dataset.value;
      return value === undefined ? null : Number(value);
    }),
  );
  return { heads, labels, values };
}

/** @param {HTMLElement} figure @param {ReturnType<typeof tokensOf>} look */
function option(figure, look) {
  const { heads, labels, values } = readTable(figure);
  const kind = figure.dataset.kind ?? "line";
  const counts = values.flat().every((value) => Number.isInteger(value ?? 0));
  const text = { color: look.muted, fontFamily: look.sans, fontSize: look.size };
  return {
    aria: { enabled: true, decal: { show: kind !== "line" && heads.length > 1 } },
    animation: false,
    color: look.data,
    textStyle: text,
    grid: { left: 8, right: 16, top: heads.length > 1 ? 40 : 16, bottom: 4, containLabel: true },
    legend: { show: heads.length > 1, top: 0, left: 0, textStyle: { ...text, color: look.ink }, itemWidth: 18 },
    tooltip: {
      trigger: "axis",
      renderMode: "richText",
      backgroundColor: look.paper,
      borderColor: look.edge,
      textStyle: { ...text, color: look.ink },
    },
    xAxis: { type: "category", data: labels, axisLine: { lineStyle: { color: look.edge } }, axisTick: { show: false }, axisLabel: text },
    yAxis: { type: "value", minInterval: counts ? 1 : 0, splitLine: { lineStyle: { color: look.line } }, axisLabel: text },
    series: heads.map((name, i) => ({
      name,
      type: kind === "line" ? "line" : "bar",
      stack: kind === "stacked" ? "all" : undefined,
      data: values[i],
      symbol: SHAPES[i % SHAPES.length],
      symbolSize: 7,
      barMaxWidth: 36,
      connectNulls: false,
      lineStyle: { width: 2 },
    })),
  };
}

/** @param {HTMLElement} figure */
export async function drawChart(figure) {
  const canvas = figure.querySelector(".canvas");
  const twin = figure.querySelector("details");
  const library = figure.dataset.library;
  if (!(canvas instanceof HTMLElement) || !library) return;
  figure.dataset.live = "";
  const echarts = await import(library);
  canvas.classList.add("drawn");
  const chart = echarts.init(canvas, null, { renderer: "canvas" });
  chart.setOption(option(figure, tokensOf(figure)));
  twin?.removeAttribute("open");
  new ResizeObserver(() => chart.resize()).observe(canvas);
}
