import { zoomScript } from '../../../drawing/zoom-script.ts';

/**
 * What the page does when it is used: filters, and the ways between the list and the drawings. It knows nodes by their
 * positions and reads no text of a flow but to search in it; it never makes markup out of text.
 */
export const pageScript = String.raw`
'use strict';
(() => {
	const all = (selector, root = document) => [...root.querySelectorAll(selector)];
	const form = document.querySelector('.filters');
	const list = document.querySelector('.list');
	const only = document.querySelector('.only');
	const findings = all('.finding').map((element) => ({ element, ...element.dataset, text: (element.textContent + ' ' + element.dataset.id).toLowerCase() }));
	const findingsByNode = Map.groupBy(findings, ({ node }) => node);
	const grades = ['error', 'warning', 'info'];
	let onlyNode = '';

	function fits(finding, wanted) {
		return (
			(onlyNode === '' || finding.node === onlyNode) &&
			wanted.severity.includes(finding.severity) &&
			wanted.confidence.includes(finding.confidence) &&
			(wanted.family === '' || finding.family === wanted.family) &&
			(wanted.flow === '' || finding.flow === wanted.flow) &&
			wanted.words.every((word) => finding.text.includes(word))
		);
	}

	function applyFilters() {
		if (!form) return;
		const chosen = new FormData(form);
		const wanted = {
			severity: chosen.getAll('severity'),
			confidence: chosen.getAll('confidence'),
			family: chosen.get('family'),
			flow: chosen.get('flow'),
			words: chosen.get('text').toLowerCase().split(/\s+/).filter(Boolean),
		};
		let shown = 0;
		for (const finding of findings) {
			finding.shown = fits(finding, wanted);
			finding.element.hidden = !finding.shown;
			if (finding.shown) shown++;
		}
		form.querySelector('output').textContent = shown + ' of ' + findings.length + ' shown';
		document.getElementById('nothing-left').hidden = shown > 0 || findings.length === 0;
		for (const [id, ofNode] of findingsByNode) markNode(document.getElementById(id), ofNode.filter((finding) => finding.shown), ofNode);
	}

	// Marks follow the filters, but for the one node that is looked at: the others keep theirs, to go on from.
	function markNode(node, shown, whole) {
		if (!node || !node.classList.contains('node')) return;
		const marking = onlyNode === '' ? shown : whole;
		const gravest = grades.find((grade) => marking.some(({ severity }) => severity === grade));
		node.classList.remove(...grades);
		node.classList.toggle('quiet', marking.length === 0);
		node.tabIndex = marking.length === 0 ? -1 : 0;
		if (gravest) node.classList.add(gravest);
		const badge = node.querySelector('.badge text');
		if (badge && marking.length > 0) badge.textContent = marking.length > 99 ? '99+' : marking.length;
	}

	function showOnly(id) {
		onlyNode = id;
		if (!only) return;
		only.hidden = id === '';
		const where = id === '' ? undefined : findingsByNode.get(id)?.[0].element.querySelector('.where');
		only.textContent = where ? 'Only ' + where.textContent + ' ✕' : '';
		applyFilters();
	}

	// A finding's node is 'lit' while the finding is pointed at, and 'chosen' while it is the current one; related nodes with it.
	function lightFinding(finding, how, isOn) {
		light(finding?.dataset.node, how, isOn);
		for (const id of finding?.dataset.kin.split(' ').filter(Boolean) ?? []) light(id, how + '-kin', isOn);
	}

	function light(id, how, isOn) {
		const element = id ? document.getElementById(id) : null;
		(element?.closest('summary')?.parentElement ?? element)?.classList.toggle(how, isOn);
	}

	function setCurrent(element) {
		for (const { element: other } of findings) {
			if (!other.classList.contains('current')) continue;
			other.classList.remove('current');
			lightFinding(other, 'chosen', false);
		}
		element.classList.add('current');
		lightFinding(element, 'chosen', true);
	}

	function showFinding(finding) {
		setCurrent(finding);
		showNode(finding.dataset.node);
	}

	function showNode(id) {
		const node = id && document.getElementById(id);
		if (!node) return;
		const flow = node.closest('details');
		if (flow) flow.open = true;
		fitDrawing(flow?.querySelector('.drawing'), true);
		// Nodes without findings are no stop for the Tab key, but can be gone to.
		if (!node.hasAttribute('tabindex')) node.tabIndex = -1;
		node.focus({ preventScroll: true });
		node.scrollIntoView({ block: 'center', inline: 'center' });
	}

	function showFindings(node) {
		showOnly(node.id);
		const first = findings.find((finding) => finding.shown);
		if (!first) return;
		setCurrent(first.element);
		first.element.scrollIntoView({ block: 'nearest' });
		(first.element.querySelector('a') ?? first.element).focus({ preventScroll: true });
	}

	function useFinding(finding, target) {
		const link = target.closest('.node-link');
		if (!link) return showFinding(finding);
		setCurrent(finding);
		showNode(link.hash.slice(1));
	}
	document.querySelector('.overview').addEventListener('click', (event) => {
		const link = event.target.closest('.node-link');
		if (!link) return;
		event.preventDefault();
		showNode(link.hash.slice(1));
	});

	if (form) {
		form.addEventListener('input', () => applyFilters());
		form.addEventListener('submit', (event) => event.preventDefault());
		form.addEventListener('reset', () => setTimeout(() => showOnly('')));
		only.addEventListener('click', () => showOnly(''));
	}
	list.addEventListener('click', (event) => {
		const finding = event.target.closest('.finding');
		if (!finding || String(getSelection()) !== '') return;
		event.preventDefault();
		useFinding(finding, event.target);
	});
	list.addEventListener('keydown', (event) => {
		const finding = event.target.closest('.finding');
		if (!finding || (event.key !== ' ' && event.key !== 'Enter')) return;
		event.preventDefault();
		useFinding(finding, event.target);
	});
	for (const [start, end] of [['mouseover', 'mouseout'], ['focusin', 'focusout']]) {
		list.addEventListener(start, (event) => lightFinding(event.target.closest('.finding'), 'lit', true));
		list.addEventListener(end, (event) => lightFinding(event.target.closest('.finding'), 'lit', false));
	}

	const marked = (target) => target.closest('.node.marked:not(.quiet), .group.marked');
	const drawings = document.querySelector('.flows');
	drawings.addEventListener('click', (event) => {
		const node = marked(event.target);
		if (node) showFindings(node);
		const how = event.target.closest('[data-zoom]')?.dataset.zoom;
		if (how) zoom(event.target.closest('.frame').querySelector('.drawing'), how);
	});
	drawings.addEventListener('keydown', (event) => {
		const node = marked(event.target);
		if (!node || (event.key !== ' ' && event.key !== 'Enter')) return;
		event.preventDefault();
		showFindings(node);
	});
	document.addEventListener('keydown', (event) => {
		if (event.key === 'Escape' && onlyNode !== '') showOnly('');
	});

${zoomScript}
	for (const flow of all('details.flow')) {
		if (flow.open) fitDrawing(flow.querySelector('.drawing'));
		flow.addEventListener('toggle', () => flow.open && fitDrawing(flow.querySelector('.drawing')));
	}
	addEventListener('beforeprint', () => {
		for (const flow of all('details.flow')) flow.open = true;
	});
	applyFilters();
})();
`;
