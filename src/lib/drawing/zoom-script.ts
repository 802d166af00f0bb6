/**
 * What a page's script knows of the size of its drawings: functions for its own scope. `fitDrawing` gives a drawing its first size,
 * `zoom` another one: `in`, `out` or `whole`.
 */
export const zoomScript = `
	// Drawings begin as large as the page has room for, but not so small that labels cannot be read.
	const READABLE = 0.7;
	const scales = new WeakMap();
	function setScale(drawing, scale) {
		const kept = Math.min(3, Math.max(0.02, scale));
		scales.set(drawing, kept);
		const { width, height } = drawing.viewBox.baseVal;
		drawing.style.maxWidth = 'none';
		drawing.style.minWidth = '100%';
		drawing.style.width = width * kept + 'px';
		drawing.style.height = height * kept + 'px';
	}
	const fitting = (drawing) => drawing.closest('.scroll').clientWidth / drawing.viewBox.baseVal.width;
	function fitDrawing(drawing, readable) {
		if (!drawing || drawing.closest('.scroll').clientWidth === 0) return;
		if (!scales.has(drawing) || (readable && scales.get(drawing) < READABLE)) setScale(drawing, Math.min(1, Math.max(READABLE, fitting(drawing))));
	}
	function zoom(drawing, how) {
		fitDrawing(drawing);
		setScale(drawing, how === 'whole' ? Math.min(1, fitting(drawing)) : scales.get(drawing) * (how === 'in' ? 1.25 : 0.8));
	}
`;
