"""Nobody is kept out: the axe audit, and the keyboard alone."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe

AXE = Axe()
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]
# The time of an audit grows with the square of the page: one of 20 000 elements would take
# minutes.  Such a page is looked at part by part, with the others taken out meanwhile.
DIVIDE = """() => {
  const long = document.querySelectorAll('article *').length > 5000;
  const parts = long ? document.querySelectorAll('article > section > section, .indextable') : [];
  window.parts = [...parts].map(part => {
    const place = document.createComment('');
    part.before(place);
    part.remove();
    return {part, place};
  });
  return window.parts.length;
}"""
SHOW = "i => window.parts[i].place.after(window.parts[i].part)"
HIDE = "i => window.parts[i].part.remove()"

# Follow the focus: note what it reaches, and how that looks with and without it.
FOLLOW = """() => {
  const look = e => {
    const s = getComputedStyle(e);
    return [s.outlineStyle, s.outlineWidth, s.outlineColor, s.boxShadow, s.backgroundColor,
            s.borderColor, s.color, s.textDecoration].join();
  };
  window.reached = new Set();
  window.unmarked = new Set();
  const rest = new Map();
  const controls = 'a, button, input, select, textarea, summary, [tabindex]';
  for (const e of document.querySelectorAll(controls)) rest.set(e, look(e));
  document.addEventListener('focusin', ({target}) => {
    window.reached.add(target);
    if (look(target) === rest.get(target) || getComputedStyle(target).opacity === '0')
      window.unmarked.add(target);
  });
}"""
# Everything that can be used and is on the screen.  Of a group of radio buttons
# the keyboard reaches the chosen one, and the arrows lead on.
USABLE = """() => [...document.querySelectorAll(
    'a[href], button:enabled, input:enabled, select:enabled, textarea:enabled, summary')]
  .filter(e => e.tabIndex >= 0 && e.type !== 'radio' && e.offsetWidth > 0 && e.offsetHeight > 0)
  .filter(e => e.checkVisibility({visibilityProperty: true}))"""
NAMES = "(list) => list.map(e => e.outerHTML.slice(0, 120))"


def audit(tab, most_parts=100, **run_only):
    """Run axe on all parts of a page at rest, or the first ones; list the findings."""
    # The hint of a button that has the focus would lie outside of all parts.
    tab.evaluate("() => document.activeElement?.blur()")
    tab.wait_for_function("() => !document.querySelector('.tooltip')")
    count = tab.evaluate(DIVIDE)
    found = [] if count else findings(tab, run_only)
    for part in range(min(most_parts, count)):
        tab.evaluate(SHOW, part)
        found += findings(tab, run_only)
        tab.evaluate(HIDE, part)
    for part in range(count):
        tab.evaluate(SHOW, part)
    return found


def findings(tab, run_only):
    """What axe finds on the page as it is, small faults apart."""
    options = {"runOnly": run_only, "resultTypes": ["violations"], "preload": False}
    report = AXE.run(tab, options=options).response
    return [
        f"{finding['id']}: {node['html'][:120]} {node['failureSummary']}"
        for finding in report["violations"]
        if finding["impact"] != "minor"
        for node in finding["nodes"]
    ]


def test_keyboard_reaches_everything(visit):
    tab = visit.tab
    tab.evaluate(FOLLOW)
    # Of a very long list the first links stand for all.
    missed = f"() => ({NAMES})(({USABLE})().slice(0, 300).filter(e => !window.reached.has(e)))"
    for _ in range(30):
        for _ in range(20):
            tab.keyboard.press("Tab")
        if not tab.evaluate(missed):
            break
    assert tab.evaluate(missed) == []
    assert tab.evaluate(f"() => ({NAMES})([...window.unmarked])") == []


def test_audit_in_the_light(visit):
    assert audit(visit.tab, type="tag", values=STANDARDS) == []


def test_audit_in_the_dark(dark):
    dark.tab.wait_for_function("() => document.documentElement.dataset.theme === 'dark'")
    # All else is the same as in the light, and a long page repeats the same few forms.
    assert audit(dark.tab, most_parts=2, type="rule", values=["color-contrast"]) == []
