import { zoomScript } from '../../drawing/zoom-script.ts';

/** The ways between the list and the drawings, and which of the two versions is shown. It never makes markup out of text. */
export const pageScript = `
'use strict';
(() => {
	const all = (selector, root = document) => [...root.querySelectorAll(selector)];
	const changes = all('.change[id]');
	const byNode = new Map(changes.flatMap((change) => [change.dataset.before, change.dataset.after].filter(Boolean).map((id) => [id, change])));
	const view = () => document.body.dataset.view;
	let current = null;

	const nodesOf = (change) => [change.dataset.before, change.dataset.after].flatMap((id) => (id && document.getElementById(id)) || []);
	const light = (change, name, on) => nodesOf(change).forEach((node) => node.classList.toggle(name, on));

	function setCurrent(change) {
		if (current) {
			current.classList.remove('current');
			light(current, 'chosen', false);
		}
		current = change;
		if (!change) return;
		change.classList.add('current');
		light(change, 'chosen', true);
	}

	function showChange(change) {
		setCurrent(change);
		const [inSight] = nodesOf(change).reverse().filter((node) => node.getClientRects().length > 0 || node.closest('details:not([open])'));
		const node = inSight ?? nodesOf(change)[0];
		if (!node) return;
		const flow = node.closest('details');
		flow.open = true;
		// What is there on the side that is hidden alone can only be seen with both.
		if (node.getClientRects().length === 0) setView('both');
		for (const drawing of all('.drawing', flow)) fitDrawing(drawing, true);
		if (!node.hasAttribute('tabindex')) node.tabIndex = -1;
		node.focus({ preventScroll: true });
		node.scrollIntoView({ block: 'center', inline: 'center' });
	}

	function showEntry(change) {
		setCurrent(change);
		const details = change.querySelector('details');
		if (details) details.open = true;
		change.scrollIntoView({ block: 'nearest' });
		(change.querySelector('.where[href]') ?? change).focus({ preventScroll: true });
	}

	function setView(name) {
		document.body.dataset.view = name;
		const choice = document.querySelector('[name=view][value=' + name + ']');
		if (choice) choice.checked = true;
		for (const drawing of all('.drawing')) fitDrawing(drawing);
	}

	function setKinds() {
		const kinds = all('[name=kind]:checked').map(({ value }) => value);
		for (const change of changes) change.hidden = !kinds.includes(change.dataset.kind);
	}

	function step(by) {
		const shown = changes.filter((change) => !change.hidden);
		if (shown.length === 0) return;
		const at = shown.indexOf(current);
		const next = shown[at === -1 ? (by > 0 ? 0 : shown.length - 1) : (at + by + shown.length) % shown.length];
		next.scrollIntoView({ block: 'nearest' });
		showChange(next);
	}

	document.addEventListener('change', (event) => {
		if (event.target.name === 'view') setView(event.target.value);
		if (event.target.name === 'kind') setKinds();
	});
	const list = document.querySelector('.list');
	list?.addEventListener('click', (event) => {
		const link = event.target.closest('.where[href]');
		if (!link) return;
		event.preventDefault();
		showChange(link.closest('.change'));
	});
	for (const [start, end] of [['mouseover', 'mouseout'], ['focusin', 'focusout']]) {
		for (const [name, on] of [[start, true], [end, false]])
			list?.addEventListener(name, (event) => {
				const change = event.target.closest('.change[id]');
				if (change) light(change, 'lit', on);
			});
	}
	const changeAt = (target) => byNode.get(target.closest('.node.marked, .group.marked')?.id);
	const drawings = document.querySelector('.flows');
	drawings?.addEventListener('click', (event) => {
		const change = changeAt(event.target);
		if (change) showEntry(change);
		const how = event.target.closest('[data-zoom]')?.dataset.zoom;
		if (how) for (const drawing of all('.drawing', event.target.closest('.frame'))) if (drawing.getClientRects().length > 0) zoom(drawing, how);
	});
	drawings?.addEventListener('keydown', (event) => {
		const change = changeAt(event.target);
		if (!change || (event.key !== ' ' && event.key !== 'Enter')) return;
		event.preventDefault();
		showEntry(change);
	});
	document.addEventListener('keydown', (event) => {
		if (event.ctrlKey || event.altKey || event.metaKey) return;
		if (event.key === 'n') step(1);
		if (event.key === 'p') step(-1);
		if (event.key === 'v') setView({ both: 'before', before: 'after', after: 'both' }[view()]);
		if (event.key === 'Escape') setCurrent(null);
	});
	// Both versions are looked at in the same place.
	for (const pair of all('.pair')) {
		const sides = all('.scroll', pair);
		for (const side of sides)
			side.addEventListener('scroll', () => {
				for (const other of sides) if (other !== side) other.scrollTo(side.scrollLeft, side.scrollTop);
			});
	}
${zoomScript}
	for (const flow of all('details.flow')) {
		const fit = () => flow.open && all('.drawing', flow).forEach((drawing) => fitDrawing(drawing));
		fit();
		flow.addEventListener('toggle', fit);
	}
	addEventListener('beforeprint', () => {
		for (const flow of all('details.flow')) flow.open = true;
	});
	document.body.dataset.view = 'both';
})();
`;
