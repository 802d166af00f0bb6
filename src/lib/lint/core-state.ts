import type { FunctionCode } from '../flows/function-code.ts';
import type { FlowNode } from '../flows/node.ts';
import type { Confidence, Severity } from './finding.ts';

/** What a core node remembers across messages. */
export interface CoreState {
	/** A noun phrase: `the last value of each topic`. */
	keeps: string;
	/** What goes wrong when messages are spread over instances. */
	spread: string;
	/** What goes wrong when the next instance starts without it. */
	lost: string;
	whenBalanced: Severity;
	confidence: Confidence;
}

export interface StateSurroundings {
	/** Messages reach the node that did not come out of a `split` in the same instance. */
	unsplit: boolean;
	/** Messages that carry `msg.reset` or `msg.flush` may reach it. */
	mayBeReset: boolean;
}

/** Null where the node, set as it is, forgets each message (or whole sequence, which stays in one instance) before the next. */
export function stateOf(node: FlowNode, { unsplit, mayBeReset }: StateSurroundings): CoreState | null {
	switch (node.type) {
		case 'delay':
			return delayState(node, mayBeReset);
		case 'trigger':
			return state(
				'whether it has fired and what it will send next',
				'a message that should extend or reset it may reach another instance',
				'what it was about to send is never sent',
			);
		case 'rbe':
			return state(
				'the last value, to compare the next with',
				'an unchanged value passes once for each instance',
				'the next value passes even if nothing changed',
			);
		case 'join':
			return joinState(node, unsplit);
		case 'batch':
			return state(
				'the messages of the batch that it fills',
				'batches mix what should not be mixed and fill later',
				'the unfinished batch is lost',
			);
		case 'sort':
			return node.targetType === 'seq' && unsplit
				? state(
						'the messages of unfinished sequences',
						'parts on different instances are never sorted together',
						'unfinished sequences are lost',
						'medium',
					)
				: null;
		case 'split':
			return node.stream === true
				? state('the piece after the last separator', 'pieces of different streams are put together', 'the begun piece is lost')
				: null;
		case 'csv':
			return node.hdrout === 'once'
				? state('that it has sent its header line', 'each instance sends the header', 'the header is sent again', 'high', 'warning')
				: null;
		case 'switch':
			return comparesWithPrevious(node)
				? state(
						'the previous value, to compare the next with',
						'each instance compares with the last value that it saw itself',
						'the first comparison has nothing to compare with',
					)
				: null;
		default:
			return null;
	}
}

function state(keeps: string, spread: string, lost: string, confidence: Confidence = 'high', whenBalanced: Severity = 'error'): CoreState {
	return { keeps, spread, lost, whenBalanced, confidence };
}

/** A rate limit counts across messages; a delay of each message by itself does not, unless others may reset it. */
function delayState(node: FlowNode, mayBeReset: boolean): CoreState | null {
	const type = node.pauseType;
	if (type === 'rate' || type === 'queue' || type === 'timed') {
		return state(
			'the messages that wait, and when the last one left',
			'N instances let N times the rate pass',
			'the messages that wait are lost',
		);
	}
	return mayBeReset
		? state(
				'messages that a later one may cancel or release',
				'the cancelling message may reach another instance, and what it should cancel is sent',
				'the messages that wait are lost',
				'medium',
			)
		: null;
}

/** Sequences with an id of their own stay in the instance that made them; what is joined by counting does not (core/sequence/17-split.js). */
function joinState(node: FlowNode, unsplit: boolean): CoreState | null {
	if (node.mode !== 'custom') return null;
	const accumulates = node.accumulate === true || node.accumulate === 'true';
	if (!unsplit && !accumulates) return null;
	return state(
		'the messages of the group that it fills',
		'a group is spread over the instances and is completed late or never',
		'the unfinished group is lost',
	);
}

function comparesWithPrevious(node: FlowNode): boolean {
	return Array.isArray(node.rules) && node.rules.some((rule) => rule?.vt === 'prev' || rule?.v2t === 'prev');
}

/** Nodes that put `msg.reset` or `msg.flush` on messages. */
export function preparesReset(node: FlowNode, codeOf: (node: FlowNode) => FunctionCode): boolean {
	if (node.type === 'change' && Array.isArray(node.rules)) {
		return node.rules.some((rule) => isResetName(rule?.t === 'move' ? rule?.to : rule?.p) && rule?.t !== 'delete');
	}
	if (node.type === 'inject' && Array.isArray(node.props)) return node.props.some((property) => isResetName(property?.p));
	return node.type === 'function' && codeOf(node).resets;
}

function isResetName(value: unknown): boolean {
	return value === 'reset' || value === 'flush';
}
