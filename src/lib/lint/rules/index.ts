import type { Rule } from '../rule.ts';
import { cleanSessionGap } from './clean-session-gap.ts';
import { connectionNotShared } from './connection-not-shared.ts';
import { contextUpdate } from './context-update.ts';
import { contextWrite } from './context-write.ts';
import { dashboardSessions } from './dashboard-sessions.ts';
import { debugLeftActive } from './debug-left-active.ts';
import { environmentVariable } from './environment-variable.ts';
import { execCommand } from './exec-command.ts';
import { fixedClientId } from './fixed-client-id.ts';
import { functionInterval } from './function-interval.ts';
import { functionLeakedVariable } from './function-leaked-variable.ts';
import { functionLocalAccess } from './function-local-access.ts';
import { functionServer } from './function-server.ts';
import { functionSyntax } from './function-syntax.ts';
import { functionTimeout } from './function-timeout.ts';
import { hardcodedHost } from './hardcoded-host.ts';
import { hardware } from './hardware.ts';
import { httpAnswerFromMemory } from './http-answer-from-memory.ts';
import { inProcessLock } from './in-process-lock.ts';
import { inlineCredentials } from './inline-credentials.ts';
import { listeningPort } from './listening-port.ts';
import { localFile } from './local-file.ts';
import { longDelay } from './long-delay.ts';
import { machinePath } from './machine-path.ts';
import { missingPaletteModule } from './missing-palette-module.ts';
import { mqttBirthWill } from './mqtt-birth-will.ts';
import { mqttDynamicSubscription } from './mqtt-dynamic-subscription.ts';
import { mqttQosZero } from './mqtt-qos-zero.ts';
import { mqttRetainedReplay } from './mqtt-retained-replay.ts';
import { mqttSubscriptionNotShared } from './mqtt-subscription-not-shared.ts';
import { mqttSubscriptionOverlap } from './mqtt-subscription-overlap.ts';
import { onceAtTakeover } from './once-at-takeover.ts';
import { sessionUnsubscribesAtStop } from './session-unsubscribes-at-stop.ts';
import { sharedSubscriptionLingers } from './shared-subscription-lingers.ts';
import { singleClientAccount } from './single-client-account.ts';
import { sourceLosesMessages } from './source-loses-messages.ts';
import { statefulContributedNode } from './stateful-contributed-node.ts';
import { statefulCoreNode } from './stateful-core-node.ts';
import { timerOnEveryInstance } from './timer-on-every-instance.ts';
import { unknownNodeType } from './unknown-node-type.ts';
import { unpinnedPaletteModule } from './unpinned-palette-module.ts';
import { unsafeNodeType } from './unsafe-node-type.ts';
import { unseenWork } from './unseen-work.ts';
import { websocketAffinity } from './websocket-affinity.ts';
import { wireToNowhere } from './wire-to-nowhere.ts';

/** All rules, by id. */
export const rules: readonly Rule[] = [
	cleanSessionGap,
	connectionNotShared,
	contextUpdate,
	contextWrite,
	dashboardSessions,
	debugLeftActive,
	environmentVariable,
	execCommand,
	fixedClientId,
	functionInterval,
	functionLeakedVariable,
	functionLocalAccess,
	functionServer,
	functionSyntax,
	functionTimeout,
	hardcodedHost,
	hardware,
	httpAnswerFromMemory,
	inProcessLock,
	inlineCredentials,
	listeningPort,
	localFile,
	longDelay,
	machinePath,
	missingPaletteModule,
	mqttBirthWill,
	mqttDynamicSubscription,
	mqttQosZero,
	mqttRetainedReplay,
	mqttSubscriptionNotShared,
	mqttSubscriptionOverlap,
	onceAtTakeover,
	sessionUnsubscribesAtStop,
	sharedSubscriptionLingers,
	singleClientAccount,
	sourceLosesMessages,
	statefulContributedNode,
	statefulCoreNode,
	timerOnEveryInstance,
	unknownNodeType,
	unpinnedPaletteModule,
	unsafeNodeType,
	unseenWork,
	websocketAffinity,
	wireToNowhere,
];
