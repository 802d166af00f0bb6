import type { Rule } from '../rule.ts';
import { cleanSessionGap } from './clean-session-gap.ts';
import { connectionNotShared } from './connection-not-shared.ts';
import { contextUpdate } from './context-update.ts';
import { contextWrite } from './context-write.ts';
import { dashboardSessions } from './dashboard-sessions.ts';
import { fixedClientId } from './fixed-client-id.ts';
import { functionInterval } from './function-interval.ts';
import { functionSyntax } from './function-syntax.ts';
import { functionTimeout } from './function-timeout.ts';
import { hardware } from './hardware.ts';
import { listeningPort } from './listening-port.ts';
import { localFile } from './local-file.ts';
import { longDelay } from './long-delay.ts';
import { mqttDynamicSubscription } from './mqtt-dynamic-subscription.ts';
import { mqttSubscriptionNotShared } from './mqtt-subscription-not-shared.ts';
import { onceAtTakeover } from './once-at-takeover.ts';
import { sessionUnsubscribesAtStop } from './session-unsubscribes-at-stop.ts';
import { sharedSubscriptionLingers } from './shared-subscription-lingers.ts';
import { singleClientAccount } from './single-client-account.ts';
import { statefulContributedNode } from './stateful-contributed-node.ts';
import { statefulCoreNode } from './stateful-core-node.ts';
import { timerOnEveryInstance } from './timer-on-every-instance.ts';
import { unknownNodeType } from './unknown-node-type.ts';
import { unsafeNodeType } from './unsafe-node-type.ts';
import { websocketAffinity } from './websocket-affinity.ts';
import { wireToNowhere } from './wire-to-nowhere.ts';

/** All rules, by id. */
export const rules: readonly Rule[] = [
	cleanSessionGap,
	connectionNotShared,
	contextUpdate,
	contextWrite,
	dashboardSessions,
	fixedClientId,
	functionInterval,
	functionSyntax,
	functionTimeout,
	hardware,
	listeningPort,
	localFile,
	longDelay,
	mqttDynamicSubscription,
	mqttSubscriptionNotShared,
	onceAtTakeover,
	sessionUnsubscribesAtStop,
	sharedSubscriptionLingers,
	singleClientAccount,
	statefulContributedNode,
	statefulCoreNode,
	timerOnEveryInstance,
	unknownNodeType,
	unsafeNodeType,
	websocketAffinity,
	wireToNowhere,
];
