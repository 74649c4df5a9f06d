/* A small plot in SVG: axes, curves, bands and a cursor. Colours come from the style sheet. */
"use strict";

window.NA64E = window.NA64E || {};

NA64E.scales = (function () {
  const DIGITS = "⁰¹²³⁴⁵⁶⁷⁸⁹";

  function power(exponent) {
    if (exponent === 0) return "1";
    if (exponent === 1) return "10";
    const digits = String(Math.abs(exponent)).replace(/\d/g, (digit) => DIGITS[digit]);
    return `10${exponent < 0 ? "⁻" : ""}${digits}`;
  }

  /* Number with a few digits, as a reader writes it: 5.25 × 10⁻⁴. */
  function written(value, digits = 3) {
    if (!Number.isFinite(value)) return "–";
    if (value === 0) return "0";
    const exponent = Math.floor(Math.log10(Math.abs(value)) + 1e-9);
    if (exponent >= -2 && exponent < 4) return String(Number(value.toPrecision(digits)));
    const mantissa = (value / 10 ** exponent).toPrecision(digits);
    return `${mantissa} × ${power(exponent)}`.replace("-", "−");
  }

  function logTicks(low, high, room) {
    const first = Math.ceil(Math.log10(low) - 1e-9);
    const last = Math.floor(Math.log10(high) + 1e-9);
    const every = Math.ceil((last - first + 1) / Math.max(room, 2));
    const ticks = [];
    for (let n = first - 1; n <= last; n++) {
      for (let digit = 1; digit < 10; digit++) {
        const value = digit * 10 ** n;
        if (value < low * (1 - 1e-9) || value > high * (1 + 1e-9)) continue;
        const label = digit === 1 && (n - first) % every === 0 ? power(n) : "";
        if (digit === 1 || every === 1) ticks.push({ value, label, minor: digit !== 1 });
      }
    }
    return ticks;
  }

  function linearTicks(low, high, room) {
    const raw = (high - low) / Math.max(room, 2);
    const unit = 10 ** Math.floor(Math.log10(raw));
    const step = unit * [1, 2, 5, 10].find((factor) => factor * unit >= raw);
    const ticks = [];
    for (let n = Math.ceil(low / step - 1e-9); n * step <= high + 1e-9 * step; n++) {
      const label = String(Number((n * step).toPrecision(10))).replace("-", "−");
      ticks.push({ value: n * step, label });
    }
    return ticks;
  }

  /* For a variable in (0, 1) given as ln x/(1 − x): 0.01, 0.5, 0.99 … */
  function logitTicks(low, high, room) {
    const values = [1e-4, 1e-3, 0.01, 0.1, 0.5, 0.9, 0.99, 0.999, 0.9999, 0.99999];
    const all = values
      .map((x) => ({ value: Math.log(x / (1 - x)), label: String(x) }))
      .filter((tick) => tick.value >= low && tick.value <= high);
    const every = Math.ceil(all.length / Math.max(room, 2));
    return all.map((tick, i) => ({ ...tick, label: i % every ? "" : tick.label }));
  }

  return {
    log: { map: Math.log, ticks: logTicks },
    linear: { map: (value) => value, ticks: linearTicks },
    logit: { map: (value) => value, ticks: logitTicks },
    written,
  };
})();

/* Draws into `frame`; axes = {x, y}, each {scale, label, show?}: `show` writes a tick's label.
   draw(chart) with chart = {x: {low, high}, y: {low, high}, at: [abscissae],
   curves: [{values, colour, dash?, thin?}], bands: [{low, high, colour, hatch?}],
   marks: [{value, label}]}. */
NA64E.plot = function (frame, axes, title) {
  const MARGIN = { left: 66, right: 18, top: 10, bottom: 44 };
  const hatch = `hatch-${frame.id}`;
  const clip = `clip-${frame.id}`;
  let chart = null;
  let place = null; // pixel positions of the last drawing
  let marked = 0;

  const escaped = (text) =>
    String(text).replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/"/g, "&quot;");

  function projection(axis, range, from, to) {
    const low = axis.scale.map(range.low);
    const high = axis.scale.map(range.high);
    return (value) => from + ((axis.scale.map(value) - low) / (high - low)) * (to - from);
  }

  function line(xs, ys) {
    let path = "";
    let pen = false;
    for (let i = 0; i < xs.length; i++) {
      const there = Number.isFinite(ys[i]);
      if (there) path += `${pen ? "L" : "M"}${xs[i].toFixed(1)} ${ys[i].toFixed(1)}`;
      pen = there;
    }
    return path;
  }

  function axisMarkup(box) {
    const parts = [];
    const wide = Math.floor((box.right - box.left) / 75);
    for (const tick of axes.x.scale.ticks(chart.x.low, chart.x.high, wide)) {
      const x = place.x(tick.value).toFixed(1);
      const grid = tick.minor ? "" : `<path class="grid" d="M${x} ${box.top}V${box.bottom}"/>`;
      const label = tick.label && axes.x.show ? axes.x.show(tick.value) : tick.label;
      parts.push(grid, `<path class="tick" d="M${x} ${box.bottom}v${tick.minor ? -3 : -6}"/>`);
      parts.push(`<text x="${x}" y="${box.bottom + 17}" text-anchor="middle">${label}</text>`);
    }
    const tall = Math.floor((box.bottom - box.top) / 30);
    for (const tick of axes.y.scale.ticks(chart.y.low, chart.y.high, tall)) {
      const y = place.y(tick.value).toFixed(1);
      const grid = tick.minor ? "" : `<path class="grid" d="M${box.left} ${y}H${box.right}"/>`;
      parts.push(grid, `<path class="tick" d="M${box.left} ${y}h${tick.minor ? 3 : 6}"/>`);
      parts.push(
        `<text x="${box.left - 6}" y="${y}" dy="0.33em" text-anchor="end">${tick.label}</text>`,
      );
    }
    const middle = (box.top + box.bottom) / 2;
    parts.push(
      `<rect class="box" x="${box.left}" y="${box.top}" width="${box.right - box.left}"` +
        ` height="${box.bottom - box.top}"/>`,
      `<text class="label" x="${(box.left + box.right) / 2}" y="${box.bottom + 37}"` +
        ` text-anchor="middle">${escaped(axes.x.label)}</text>`,
      `<text class="label" transform="translate(13 ${middle}) rotate(-90)"` +
        ` text-anchor="middle">${escaped(axes.y.label)}</text>`,
    );
    return parts.join("");
  }

  function bandMarkup(band, xs) {
    const kept = xs.map((_, i) => i).filter((i) => Number.isFinite(band.low[i] + band.high[i]));
    const pick = (values, order) =>
      line(order.map((i) => xs[i]), order.map((i) => place.y(values[i])));
    const path = `${pick(band.high, kept)}L${pick(band.low, kept.slice().reverse()).slice(1)}Z`;
    const fill = band.hatch ? `url(#${hatch})` : `var(--explore-${band.colour})`;
    return `<path class="band${band.hatch ? " hatched" : ""}" d="${path}" style="fill:${fill}"/>`;
  }

  function content(box) {
    const xs = chart.at.map(place.x);
    const bands = chart.bands.map((band) => bandMarkup(band, xs));
    const marks = chart.marks.map(({ value, label }) => {
      const x = place.x(value);
      return x < box.left || x > box.right ? "" :
        `<path class="mark" d="M${x.toFixed(1)} ${box.top}V${box.bottom}"/>` +
        `<text class="note" x="${(x + 4).toFixed(1)}" y="${box.top + 14}">${escaped(label)}</text>`;
    });
    const curves = chart.curves.map((curve) => {
      const width = curve.thin ? 1.3 : 2.2;
      const style = `stroke:var(--explore-${curve.colour});stroke-width:${width};` +
        `stroke-dasharray:${curve.dash || "none"}`;
      return `<path class="curve" d="${line(xs, curve.values.map(place.y))}" style="${style}"/>`;
    });
    return bands.concat(marks, curves).join("");
  }

  function render() {
    const width = Math.max(260, frame.clientWidth);
    const height = Math.round(Math.max(280, Math.min(460, 0.62 * width)));
    const box = {
      left: MARGIN.left, right: width - MARGIN.right,
      top: MARGIN.top, bottom: height - MARGIN.bottom,
    };
    place = {
      x: projection(axes.x, chart.x, box.left, box.right),
      y: projection(axes.y, chart.y, box.bottom, box.top),
    };
    frame.innerHTML =
      `<svg role="img" aria-label="${escaped(title)}" viewBox="0 0 ${width} ${height}"` +
      ` width="${width}" height="${height}">` +
      `<defs><clipPath id="${clip}"><rect x="${box.left}" y="${box.top}"` +
      ` width="${box.right - box.left}" height="${box.bottom - box.top}"/></clipPath>` +
      `<pattern id="${hatch}" width="7" height="7" patternUnits="userSpaceOnUse"` +
      ` patternTransform="rotate(45)"><path class="hatch" d="M0 0V7"/></pattern></defs>` +
      `${axisMarkup(box)}<g clip-path="url(#${clip})">${content(box)}` +
      `<g class="cursor"></g></g></svg>`;
    cursor(marked);
  }

  /* Mark the abscissa number `index` and the curves there. */
  function cursor(index) {
    marked = Math.min(index, chart.at.length - 1);
    const x = place.x(chart.at[marked]).toFixed(1);
    const dots = chart.curves
      .filter((curve) => Number.isFinite(place.y(curve.values[marked])))
      .map((curve) =>
        `<circle cx="${x}" cy="${place.y(curve.values[marked]).toFixed(1)}" r="3.5"` +
        ` style="fill:var(--explore-${curve.colour})"/>`);
    frame.querySelector(".cursor").innerHTML = `<path d="M${x} 0V2000"/>${dots.join("")}`;
  }

  /* Number of the abscissa that is nearest to a pointer. */
  function nearest(event) {
    const x = event.clientX - frame.firstChild.getBoundingClientRect().left;
    let best = 0;
    chart.at.forEach((value, i) => {
      if (Math.abs(place.x(value) - x) < Math.abs(place.x(chart.at[best]) - x)) best = i;
    });
    return best;
  }

  if (window.ResizeObserver) {
    let width = 0;
    new ResizeObserver(() => {
      if (chart && frame.clientWidth !== width) render();
      width = frame.clientWidth;
    }).observe(frame);
  }

  return {
    draw(next) {
      chart = next;
      render();
    },
    cursor,
    nearest,
  };
};
