() => {
  const found = [];
  const root = document.documentElement;
  if (root.scrollWidth > root.clientWidth + 1) {
    const wide = [...document.querySelectorAll("body *")].filter((e) => e.getBoundingClientRect().right > root.clientWidth + 1);
    const first = wide.find((e) => !wide.includes(e.parentElement)) ?? document.body;
    found.push(`scrolls sideways: ${root.scrollWidth} > ${root.clientWidth} (${first.tagName}.${first.getAttribute("class")})`);
  }

  const clips = (e) => {
    let box = { left: -1e6, top: -1e6, right: 1e6, bottom: 1e6 };
    for (let up = e; up && up !== document.body; up = up.parentElement) {
      const style = getComputedStyle(up);
      if (style.overflowX === "visible" && style.overflowY === "visible") continue;
      const r = up.getBoundingClientRect();
      box = { left: Math.max(box.left, r.left), top: Math.max(box.top, r.top), right: Math.min(box.right, r.right), bottom: Math.min(box.bottom, r.bottom) };
    }
    return box;
  };
  const floats = (e) => {
    for (let up = e; up; up = up.parentElement) if (/fixed|sticky/.test(getComputedStyle(up).position)) return true;
    return false;
  };
  const texts = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const words = node.textContent.trim();
    const e = node.parentElement;
    if (!words || !e || e.closest(".unseen, .skip, script, style, noscript, title, option")) continue;
    if (!e.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true, contentVisibilityAuto: true })) continue;
    const style = getComputedStyle(e);
    if (/hidden|clip/.test(style.overflowX) && e.scrollWidth > e.clientWidth + 1) found.push(`cut off: ${words.slice(0, 40)}`);
    const range = document.createRange();
    range.selectNodeContents(node);
    const clip = clips(e);
    for (const r of range.getClientRects()) {
      const lean = r.height * 0.24;   // the em box is taller than what is drawn in it
      const box = { left: Math.max(r.left, clip.left), right: Math.min(r.right, clip.right), top: Math.max(r.top + lean, clip.top), bottom: Math.min(r.bottom - lean, clip.bottom) };
      if (box.right - box.left < 2 || box.bottom - box.top < 2) continue;
      texts.push({ ...box, words, e, floats: floats(e) });
    }
    if (e.closest("svg")) {
      const box = e.closest("g")?.querySelector("rect")?.getBoundingClientRect();
      const r = e.getBoundingClientRect();
      if (box && r.right > box.right + 1) found.push(`runs out of its box: ${words.slice(0, 40)}`);
    }
  }
  texts.sort((a, b) => a.top - b.top);
  for (let i = 0; i < texts.length; i += 1) {
    for (let j = i + 1; j < texts.length && texts[j].top < texts[i].bottom; j += 1) {
      const a = texts[i], b = texts[j];
      if (a.e === b.e || a.floats !== b.floats) continue;
      const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const tall = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      if (wide > 2 && tall > 2) found.push(`lies over other text: ${a.words.slice(0, 30)} / ${b.words.slice(0, 30)}`);
    }
  }
  return [...new Set(found)].slice(0, 30);
}
