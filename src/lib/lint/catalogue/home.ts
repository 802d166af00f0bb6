import type { NodeKnowledge } from './knowledge.ts';

const homeAssistant = 'node-red-contrib-home-assistant-websocket';

/** Homes, assistants and chat accounts. */
export const home: readonly NodeKnowledge[] = [
	{ types: ['server', 'ha-entity-config', 'ha-device-config'], module: homeAssistant, inert: true },
	{
		types: [
			'server-state-changed',
			'server-events',
			'ha-zone',
			'ha-tag',
			'ha-webhook',
			'trigger-state',
			'ha-button',
			'ha-switch',
			'ha-number',
		],
		module: homeAssistant,
		emits: 'subscription',
	},
	{ types: ['ha-time'], module: homeAssistant, emits: 'schedule' },
	{ types: ['poll-state'], module: homeAssistant, emits: 'poll' },
	{ types: ['ha-wait-until'], module: homeAssistant, keeps: 'the message that waits, and its time-out' },
	{ types: ['api-call-service', 'ha-sensor', 'ha-entity'], module: homeAssistant, acts: true },
	{ types: ['api-current-state', 'ha-get-entities', 'api-render-template', 'ha-api', 'api-get-history'], module: homeAssistant },
	{
		types: ['telegram receiver', 'telegram command', 'telegram event'],
		module: 'node-red-contrib-telegrambot',
		emits: 'poll',
		binds: { to: 'account', what: 'its Telegram bot, which serves one poller and answers the other with a conflict' },
	},
	{ types: ['telegram bot'], module: 'node-red-contrib-telegrambot', inert: true },
	{ types: ['telegram sender'], module: 'node-red-contrib-telegrambot', acts: true },
	{
		types: ['alexa-home'],
		module: 'node-red-contrib-alexa-home-skill',
		emits: 'subscription',
		binds: { to: 'account', what: "its Alexa account, whose name is the broker's client id, so that instances evict each other" },
	},
	{ types: ['alexa-home-conf'], module: 'node-red-contrib-alexa-home-skill', inert: true },
	{ types: ['alexa-home-resp'], module: 'node-red-contrib-alexa-home-skill', acts: true },
	{
		types: ['alexa-local'],
		module: 'node-red-contrib-alexa-local',
		emits: 'listener',
		binds: { to: 'account', what: 'the device that the assistant paired with' },
	},
	{
		types: ['homekit-service', 'homekit-service2'],
		module: 'node-red-contrib-homekit-bridged',
		emits: 'listener',
		acts: true,
		binds: { to: 'account', what: 'the HomeKit accessory that the home paired with; its keys are files of this machine' },
	},
	{ types: ['homekit-bridge', 'noraf-config', 'nora-config'], module: 'node-red-contrib-homekit-bridged', inert: true },
	{
		types: ['noraf-*'],
		module: 'node-red-contrib-smartnora',
		emits: 'subscription',
		binds: { to: 'account', what: 'its Google Home device' },
	},
	{
		types: ['webhookrelay', 'ngrok', 'localtunnel'],
		module: 'node-red-contrib-*',
		emits: 'subscription',
		binds: { to: 'account', what: 'the address of its tunnel' },
	},
	{ types: ['zigbee2mqtt-in'], module: 'node-red-contrib-zigbee2mqtt', emits: 'subscription' },
	{ types: ['zigbee2mqtt-out'], module: 'node-red-contrib-zigbee2mqtt', acts: true },
	{ types: ['zigbee2mqtt-server'], module: 'node-red-contrib-zigbee2mqtt', inert: true },
];
