// Draws the figures of a page: hover tells values, dragging looks closer, a double click shows all again.
"use strict";
const COLOURS = ["#2f6fb5", "#c2570c", "#23804f", "#8250df", "#a40e26"];
const draw = (place) => {
  const { at, lines, unit, across } = JSON.parse(place.dataset.picture);
  const ink = getComputedStyle(document.body).color;
  const grid = { stroke: getComputedStyle(document.documentElement).getPropertyValue("--line"), width: 1 };
  const axis = { stroke: ink, grid, ticks: grid };
  const series = Object.keys(lines).map((label, n) => ({
    label, stroke: COLOURS[n % COLOURS.length], width: 2, points: { show: at.length < 90 }, spanGaps: false,
  }));
  const height = 280;
  const wordOf = (seconds, span) => new Date(seconds * 1000).toISOString().slice(...(span > 172800 ? [0, 10] : [5, 16])).replace("T", " ");
  const days = {
    ...axis, space: 90,
    values: (_, ticks) => ticks.map((tick) => wordOf(tick, ticks.at(-1) - ticks[0] || 864000)),
  };
  const plot = new uPlot({
    width: place.clientWidth, height,
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), "UTC"),
    scales: { x: { time: !across }, y: { range: (_, low, high) => [Math.min(0, low ?? 0), Math.max(1, high ?? 1) * 1.05] } },
    series: [across ? { label: across } : { label: "UTC", value: (_, at) => at == null ? "–" : wordOf(at, 864000) }, ...series],
    axes: [across ? { ...axis, label: across } : days, { ...axis, label: unit, size: 64 }],
  }, [at, ...Object.values(lines)], place);
  new ResizeObserver(() => plot.setSize({ width: place.clientWidth, height })).observe(place);
};
const drawAll = () => document.querySelectorAll("[data-picture]:empty").forEach(draw);
drawAll();
document.addEventListener("htmx:after:swap", drawAll);  // of a form that asks anew while its sliders move
