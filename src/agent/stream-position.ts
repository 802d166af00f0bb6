import type { Qos } from './mqtt-nodes.ts';

/** Where a message stands among those of its subscription and QoS, since the counting began. */
export interface StreamPosition {
	/** `Stream.key` */
	key: string;
	qos: Qos;
	/** 1, 2, 3 …; 0 for one that is not counted: the broker's retained copy, which each new subscription gets. */
	index: number;
}
