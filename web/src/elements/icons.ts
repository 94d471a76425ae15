/** The signs on the toolbar: strokes on a grid of 20 by 20, drawn here, so that nothing is fetched. */

const PATHS = {
  bullets: "M8 5h8M8 10h8M8 15h8M4 5h.01M4 10h.01M4 15h.01",
  numbers: "M9 5h7M9 10h7M9 15h7M3 4l1.5-1v4M3 13.2c.3-1.6 2.6-1.4 2.4.1C5.3 14.400 3 15.500 3 17h2.600",
  outdent: "M9 5h7M9 10h7M9 15h7M6 7.500 3.500 10 6 12.500",
  indent: "M9 5h7M9 10h7M9 15h7M3.500 7.500 6 10l-2.500 2.500",
  quote: "M4 6v8M8 6h8M8 10h8M8 14h5",
  link: "M8.500 11.500l3-3M9.500 6l1.600-1.600a3 3 0 0 1 4.300 4.300L13.800 10.300M10.500 14l-1.600 1.600a3 3 0 0 1-4.300-4.300L6.200 9.700",
  ltr: "M7.500 4h6M9 4v8M12 4v8M7.500 4a2.800 2.800 0 0 0 0 5.600H9M4 16h12M13.500 13.800 16 16l-2.500 2.200",
  rtl: "M7.500 4h6M9 4v8M12 4v8M7.500 4a2.800 2.800 0 0 0 0 5.600H9M4 16h12M6.500 13.800 4 16l2.500 2.200",
  "align-start": "M4 5h12M4 10h7M4 15h10",
  "align-center": "M4 5h12M6.500 10h7M5 15h10",
  "align-end": "M4 5h12M9 10h7M6 15h10",
  "align-justify": "M4 5h12M4 10h12M4 15h12",
  undo: "M7 4 3.500 7.500 7 11M4 7.500h7.500a4.500 4.500 0 0 1 0 9H8",
  redo: "M13 4l3.500 3.500L13 11M16 7.500H8.500a4.500 4.500 0 0 0 0 9H12",
} as const;

export type IconName = keyof typeof PATHS;

/** Signs that follow the direction of the page. Undo and redo do too: back is where the line began. */
const MIRRORED: ReadonlySet<IconName> = new Set(["bullets", "outdent", "indent", "quote", "align-start", "align-end", "undo", "redo"]);

const SVG = "http://www.w3.org/2000/svg";

export function icon(name: IconName): SVGElement {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 20 20");
  svg.setAttribute("aria-hidden", "true");
  if (MIRRORED.has(name)) svg.dataset["mirror"] = "";
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}
