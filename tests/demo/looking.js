// What an attentive eye would find fault with, measured in the page. One expression: an object of functions.
({
  rest: () => {
    for (const one of document.getAnimations()) if (one.effect.getTiming().iterations < Infinity) one.finish(); // what arrives is there
  },

  spills: (scrolling) => {
    const faults = [];
    const told = (e) => `${e.tagName.toLowerCase()}${e.id && "#" + e.id}.${e.className?.baseVal ?? e.className}`;
    const seen = (e) => e.checkVisibility({ visibilityProperty: true }) && !e.closest("svg, .unseen, .sprite");
    const page = document.scrollingElement;
    if (page.scrollHeight > innerHeight) faults.push(`the page scrolls by ${page.scrollHeight - innerHeight} px`);
    if (page.scrollWidth > innerWidth) faults.push("the page scrolls sideways");
    for (const element of document.querySelectorAll("body *")) {
      if (!seen(element)) continue;
      const style = getComputedStyle(element);
      const isCut = style.textOverflow === "ellipsis" || style.webkitLineClamp !== "none";
      const isWide = style.display !== "inline" && element.clientWidth && element.scrollWidth > element.clientWidth + 1;
      const isMeant = element.matches(scrolling) || (isCut && style.overflowX === "hidden") || element.matches("input, textarea");
      if (isWide && !isMeant) faults.push(`${told(element)} is ${element.scrollWidth} wide in ${element.clientWidth}`);
      const box = element.getBoundingClientRect();
      const isOut = box.left < -1 || box.right > innerWidth + 1;
      if (isOut && style.display !== "inline" && !element.closest(scrolling)) faults.push(`${told(element)} is outside, from ${box.left} to ${box.right}`);
      for (const node of element.childNodes) {
        if (node.nodeType === 3 && /^(0|NaN|undefined|null|false|true|\[object .*\])$/.test(node.data.trim())) faults.push(`${told(element)} says ${node.data}`);
      }
      const flows = [...element.children].filter((child) => {
        const { position, display } = getComputedStyle(child);
        return seen(child) && !/absolute|fixed|sticky/.test(position) && !/^inline$|contents/.test(display) && !child.matches(".dot");
      });
      const boxes = flows.map((child) => child.getBoundingClientRect());
      boxes.forEach((a, i) => boxes.slice(i + 1).forEach((b, j) => {
        const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
        const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
        if (across > 1 && down > 1) faults.push(`${told(flows[i])} overlaps ${told(flows[i + 1 + j])}`);
      }));
    }
    return [...new Set(faults)];
  },

  blanks: (selectors) => {
    const faults = [];
    const firstText = (e) => document.createTreeWalker(e, NodeFilter.SHOW_TEXT, (n) => (n.data.trim() ? 1 : 3)).nextNode();
    /** Whether one of the first characters lies open. */
    const isSeen = (element, text) => [...Array(Math.min(text.data.length, 40)).keys()].some((i) => {
      const range = document.createRange();
      range.setStart(text, i);
      range.setEnd(text, i + 1);
      const box = [...range.getClientRects()].find((one) => one.width > 0);
      const hit = box && document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
      return hit && (element.contains(hit) || hit.contains(element) || element.closest("label")?.contains(hit));
    });
    for (const selector of selectors) {
      const found = [...document.querySelectorAll(selector)].filter((e) => e.checkVisibility() && firstText(e));
      if (!found.length) faults.push(`there is no ${selector}`);
      for (const element of found) {
        const text = firstText(element);
        for (const _ of [1, 2, 3]) element.scrollIntoView({ block: "center", inline: "nearest" }); // what comes into view takes its size
        if (!isSeen(element, text)) faults.push(`${selector} is blank: ${element.textContent.slice(0, 20)}`);
      }
    }
    return [...new Set(faults)];
  },

  contrasts: () => {
    const ctx = Object.assign(document.createElement("canvas"), { width: 1, height: 1 }).getContext("2d", { willReadFrequently: true });
    const parse = (colour) => {
      ctx.clearRect(0, 0, 1, 1);
      ctx.fillStyle = colour;
      ctx.fillRect(0, 0, 1, 1);
      const [r, g, b, a] = ctx.getImageData(0, 0, 1, 1).data;
      return [r, g, b, a / 255];
    };
    const over = (top, under, opacity = 1) => [0, 1, 2].map((i) => top[i] * top[3] * opacity + under[i] * (1 - top[3] * opacity));
    const linear = (v) => ((v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    const light = ([r, g, b]) => 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
    const ratio = (a, b) => {
      const [dark, bright] = [light(a), light(b)].sort((x, y) => x - y);
      return (bright + 0.05) / (dark + 0.05);
    };
    const paints = (style) => [style.backgroundColor, ...(style.backgroundImage.match(/(?:rgba?|oklab|oklch|color|color-mix)\([^()]*\)/g) ?? [])].map(parse);
    /** All colours that may lie behind a text, outermost first; each layer on each of those below. */
    const behind = (element) => {
      let grounds = [[255, 255, 255]];
      const line = [];
      for (let at = element; at; at = at.parentElement) line.unshift(at);
      for (const at of line) {
        const layers = paints(getComputedStyle(at)).filter((one) => one[3] > 0);
        if (layers.length) grounds = grounds.flatMap((ground) => layers.map((layer) => over(layer, ground))).slice(0, 16);
      }
      return grounds;
    };
    const dimness = (element) => {
      let product = 1;
      for (let at = element; at; at = at.parentElement) product *= Number(getComputedStyle(at).opacity);
      return product;
    };
    const told = [];
    for (const owner of document.querySelectorAll("button, summary, [role=option], a, label")) {
      if (!owner.checkVisibility({ visibilityProperty: true }) || owner.closest("#picker")) continue;
      const walker = document.createTreeWalker(owner, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
      for (let node = owner; node; node = walker.nextNode()) {
        const isText = node.nodeType === 3 && node.data.trim() && /[\p{L}\p{N}]/u.test(node.data);
        const isDrawing = node.nodeName === "svg";
        if (!isText && !isDrawing) continue;
        const at = isText ? node.parentElement : node;
        if (at.closest(".unseen") || !at.checkVisibility({ visibilityProperty: true })) continue;
        const ink = parse(getComputedStyle(at).color);
        const dim = dimness(at);
        const worst = Math.min(...behind(at).map((ground) => ratio(over(ink, ground, dim), ground)));
        const words = isText ? node.data.trim().slice(0, 24) : node.querySelector("use")?.getAttribute("href") ?? "svg";
        told.push([`${owner.tagName.toLowerCase()}.${owner.className} ${words}`, worst, isDrawing, owner.matches(":disabled")]);
      }
    }
    return told;
  },
})
