/* The four figures of the page "Explore". */
"use strict";

document.addEventListener("DOMContentLoaded", () => {
  const physics = NA64E.physics(window.NA64E_TABLES);
  const { scales } = NA64E;
  const { written } = scales;
  NA64E.model = physics; // for tests, and for the curious at the console
  NA64E.panels = {};

  const range = (count, at) => Array.from({ length: count }, (_, i) => at(i));
  const logarithmic = (low, high, count) =>
    range(count, (i) => low * (high / low) ** (i / (count - 1)));
  const even = (low, high, count) =>
    range(count, (i) => low + ((high - low) * i) / (count - 1));
  const megaelectronvolt = (mass) => `${written(1e3 * mass)} MeV`;

  /* Round numbers between two powers of ten. */
  function roundNumbers(first, last, mantissas) {
    const values = [];
    for (let n = first; n < last; n++) values.push(...mantissas.map((m) => Number(`${m}e${n}`)));
    return values.concat(Number(`1e${last}`));
  }

  /* Masses of Fig. 7: dense where annihilation turns the limit fast. */
  const MASSES = (() => {
    const edge = Math.sqrt(2 * 0.510999e-3 * 100);
    const all = logarithmic(1e-3, 0.15, 60).concat(
      even(0.152, 0.34, 85), [0.6], logarithmic(0.345, 0.59, 20),
      [2 * physics.muonMass, 0.999 * edge, edge, 1.001 * edge],
    );
    return all.sort((a, b) => a - b);
  })();

  const OTHERS = {
    ccfr: ["CCFR trident", "5 3"],
    borexino: ["Borexino", "2 2"],
    belle2: ["Belle II 2019", "8 3 2 3"],
    babar: ["BaBar 4μ", "9 3"],
  };
  const FIGURE_7 = {
    particles: physics.tables.reference.particles,
    beam: physics.tables.reference.beam,
    cut: physics.tables.reference.cut,
  };

  /* The result for the last arguments is kept. */
  function remembered(compute) {
    let key = null;
    let result = null;
    return (choice) => {
      const next = JSON.stringify(choice);
      if (next !== key) [key, result] = [next, compute(choice)];
      return result;
    };
  }

  const limit = remembered((choice) => physics.limit(choice, MASSES));
  const muons = remembered((choice) => physics.muonLimit(choice, MASSES));
  const published = remembered((choice) => physics.limit(choice, MASSES));

  function limitChart(values) {
    const model = {
      scenario: values.scenario,
      alphaD: values.scenario === "invisible" ? values.alphaD : 0,
      massRatio: values.scenario === "invisible" ? values.massRatio : 3,
    };
    const choice = { ...model, particles: values.particles, beam: values.beam, cut: values.cut };
    const curves = [{ name: "your NA64-e", values: limit(choice), colour: "red" }];
    if (values.present) {
      const now = published({ ...model, ...FIGURE_7 });
      curves.push({ name: "NA64-e, Fig. 7", values: now, colour: "ink", dash: "2 3", thin: true });
    }
    if (values.muons) {
      curves.push({
        name: "NA64-μ, 10¹¹ muons", values: muons(model), colour: "blue", dash: "7 4",
      });
    }
    for (const [name, [text, dash]] of Object.entries(OTHERS)) {
      if (!values[name] || (name === "babar" && values.scenario === "invisible")) continue;
      const curve = MASSES.map((mass) => physics.curveAt(physics.tables.overlays[name], mass));
      curves.push({ name: text, values: curve, colour: "grey", dash, thin: true });
    }
    const bands = [];
    if (values.g2) {
      const [low, high] = physics.gMinus2Band(MASSES);
      bands.push({ name: "muon g − 2", low, high, colour: "green" });
    }
    if (values.thermal && values.scenario === "invisible") {
      const [low, high] = [1, 10].map((f) =>
        physics.thermalTarget(MASSES, values.alphaD, values.massRatio, f));
      bands.push({ name: "Eq. (5)", low, high, colour: "purple", hatch: true });
    }
    const dark = values.scenario === "invisible"
      ? `, alpha_D = ${values.alphaD}, m_Z'/m_chi = ${values.massRatio}` : "";
    return {
      x: { low: 1e-3, high: 0.6 }, y: { low: 1e-6, high: 0.3 }, at: MASSES,
      curves, bands, marks: [],
      idle: values.scenario === "invisible" ? ["babar"] : ["alphaD", "massRatio", "thermal"],
      column: { name: "mass_GeV", values: MASSES },
      about: `90 % C.L. upper limits on g, ${values.scenario}${dark}, ` +
        `${values.particles.toExponential(2)} ${values.beam} of 100 GeV, E_ECAL < ${values.cut} GeV`,
    };
  }

  function limitPanel(root) {
    const panel = NA64E.panel(root, {
      title: "Upper limit on the coupling g against the mass of the Z′, both logarithmic, with " +
        "other experiments and bands. All numbers are in the list below the figure.",
      axes: {
        x: { scale: scales.log, label: "mass of the Z′ [MeV]", show: (m) => written(1e3 * m) },
        y: { scale: scales.log, label: "coupling g" },
      },
      quantity: megaelectronvolt,
      file: "na64e-limit",
      compute: limitChart,
    });
    const particles = roundNumbers(10, 14, [1, 1.5, 2, 3, 4, 5, 7]).concat(FIGURE_7.particles)
      .sort((a, b) => a - b);
    panel.select("scenario", "Scenario", {
      invisible: "invisible: the Z′ decays to χχ*", vanilla: "vanilla: no dark matter",
    });
    panel.select("beam", "Beam, 100 GeV", { "e-": "electrons", "e+": "positrons" });
    panel.slider("alphaD", "α<sub>D</sub> (invisible)", roundNumbers(-3, 0, [1, 1.5, 2, 3, 5, 7]), 0.1, String);
    panel.slider("massRatio", "m<sub>Z′</sub> / m<sub>χ</sub> (invisible)",
      range(80, (i) => Number((2.1 + 0.1 * i).toFixed(1))), 3, (ratio) => ratio.toFixed(1));
    panel.slider("particles", "Particles on target", particles, FIGURE_7.particles,
      (count) => written(count));
    panel.slider("cut", "Threshold: E<sub>ECAL</sub> below", range(41, (i) => 30 + i), 50,
      (cut) => `${cut} GeV`);
    panel.switches("Show as well", {
      present: ["NA64-e as in Fig. 7", true],
      g2: ["muon g − 2 (2σ)", true],
      thermal: ["Eq. (5), f = 1–10", true],
      muons: ["NA64-μ", true],
      ccfr: ["CCFR", true],
      borexino: ["Borexino", true],
      belle2: ["Belle II", true],
      babar: ["BaBar (vanilla)", true],
    });
    panel.start(0.66);
    return panel;
  }

  /* A view of q² that is dense at both thresholds. */
  function mixingChart({ reach }) {
    const cusps = [4 * physics.muonMass ** 2, 4 * physics.tauMass ** 2];
    const near = (cusp) => range(41, (i) => cusp * (1 + 0.25 * ((i - 20) / 20) ** 3));
    const at = even(-reach, reach, 301).concat(...cusps.map(near))
      .filter((q2) => Math.abs(q2) <= reach).sort((a, b) => a - b);
    const values = at.map(physics.mixing);
    const size = values.map(([re, im]) => Math.hypot(re, im));
    const names = ["μ⁺μ⁻", "τ⁺τ⁻"];
    return {
      x: { low: -reach, high: reach }, y: { low: -0.012, high: 0.024 }, at,
      curves: [
        { name: "Re Π/g", values: values.map((value) => value[0]), colour: "blue" },
        { name: "Im Π/g", values: values.map((value) => value[1]), colour: "orange", dash: "7 4" },
        { name: "|Π|/g", values: size, colour: "ink", dash: "2 3", thin: true },
      ],
      bands: [], idle: [],
      marks: cusps.map((value, i) => ({ value, label: names[i] })),
      column: { name: "q2_GeV2", values: at },
      about: "Loop-induced mixing of photon and Z', Eq. (6)",
    };
  }

  function mixingPanel(root) {
    const panel = NA64E.panel(root, {
      title: "Real and imaginary part of Π(q²)/g with cusps at the thresholds of muon and tau pairs",
      axes: {
        x: { scale: scales.linear, label: "q² [GeV²]" },
        y: { scale: scales.linear, label: "Π(q²)/g" },
      },
      quantity: (q2) => `q² = ${written(q2)} GeV²`,
      file: "mixing",
      compute: mixingChart,
    });
    panel.slider("reach", "Largest |q²| in view", roundNumbers(-3, 2, [1, 1.5, 2, 3, 5, 7]).slice(0, -4),
      0.15, (reach) => `${reach} GeV²`);
    panel.start(0.69);
    return panel;
  }

  function trackLengthChart({ energy }) {
    const { energies, curves } = physics.trackLengths(energy);
    const entry = (key, name, colour, dash) => ({ name, values: curves[key], colour, dash });
    return {
      x: { low: 0, high: energy }, y: { low: 1e-7, high: 100 }, at: energies,
      curves: [
        entry("lead -", "T₋ lead", "blue"),
        entry("scintillator -", "T₋ scintillator", "orange", "7 4"),
        entry("lead +", "T₊ lead", "green"),
        entry("scintillator +", "T₊ scintillator", "purple", "7 4"),
      ],
      bands: [], marks: [], idle: [],
      column: { name: "energy_GeV", values: energies },
      about: `Track lengths [cm/GeV] per electron of ${written(energy)} GeV in the NA64-e calorimeter`,
    };
  }

  function trackLengthPanel(root) {
    const panel = NA64E.panel(root, {
      title: "Track lengths of electrons and positrons in lead and scintillator against energy, " +
        "falling by orders of magnitude towards the beam energy",
      axes: {
        x: { scale: scales.linear, label: "energy E [GeV]" },
        y: { scale: scales.log, label: "T±(E) [cm/GeV]" },
      },
      quantity: (energy) => `E = ${written(energy)} GeV`,
      file: "track-lengths",
      compute: trackLengthChart,
    });
    panel.slider("energy", "Beam energy", range(36, (i) => 25 + 5 * i), 100,
      (energy) => `${energy} GeV`);
    panel.start(0.55);
    return panel;
  }

  function spectrumChart({ mass }) {
    const { logit, curves } = physics.spectra(mass);
    const top = Math.max(...curves.etl, ...curves.ww, ...curves.iww);
    const high = 10 ** Math.ceil(Math.log10(top));
    return {
      x: { low: logit[0], high: logit[logit.length - 1] }, y: { low: 1e-6 * high, high },
      at: logit,
      curves: [
        { name: "exact tree level", values: curves.etl, colour: "blue" },
        { name: "Weizsäcker–Williams", values: curves.ww, colour: "orange", dash: "7 4" },
        { name: "improved WW", values: curves.iww, colour: "green", dash: "2 3" },
      ],
      bands: [], marks: [], idle: [],
      column: { name: "1-x", values: logit.map((value) => 1 / (1 + Math.exp(value))) },
      about: `dsigma/dx [pb] of e Pb -> e Pb V for a coupling of one, E = 100 GeV, m = ${mass} GeV`,
    };
  }

  function spectrumPanel(root) {
    const panel = NA64E.panel(root, {
      title: "Cross section dσ/dx of radiation on lead against the share x of the energy that the " +
        "vector carries away, exact and in two approximations",
      axes: {
        x: { scale: scales.logit, label: "x = energy of V / E" },
        y: { scale: scales.log, label: "dσ/dx [pb]" },
      },
      quantity: (logit) => {
        const rest = 1 / (1 + Math.exp(logit));
        return rest < 0.1 ? `1 − x = ${written(rest)}` : `x = ${written(1 - rest)}`;
      },
      file: "cross-section",
      compute: spectrumChart,
    });
    panel.slider("mass", "Mass of the vector", roundNumbers(-3, 0, [1, 1.5, 2, 3, 4, 5, 7]), 0.1,
      megaelectronvolt);
    panel.start(0.6);
    return panel;
  }

  const makers = {
    limit: limitPanel, mixing: mixingPanel, track: trackLengthPanel, spectrum: spectrumPanel,
  };
  for (const [name, make] of Object.entries(makers)) {
    const root = document.getElementById(`explore-${name}`);
    if (root) NA64E.panels[name] = make(root);
  }
});
