import type { NodeKnowledge } from './knowledge.ts';

const telegram = 'node-red-contrib-telegrambot';
const alexa = 'node-red-contrib-alexa-home-skill';
const alexaRemote = 'node-red-contrib-alexa-remote2';
const homekit = 'node-red-contrib-homekit-bridged';
const ethers = '@andreashauschild/node-red-contrib-ethers-node';
const smartHome = 'node-red-contrib-google-smarthome';

const accessory = { to: 'account', what: 'the HomeKit accessory that the home paired with; its keys are files of this machine' } as const;
const tunnel = { to: 'account', what: 'the address of its tunnel' } as const;

/** Assistants, chats and other accounts, most of which serve one client at a time. */
export const accounts: readonly NodeKnowledge[] = [
	{
		types: ['telegram receiver', 'telegram command', 'telegram event'],
		module: telegram,
		emits: 'poll',
		binds: { to: 'account', what: 'its Telegram bot, which serves one poller and answers the other with a conflict' },
		evidence: 'telegrambot/nodes/bot-node.js:495',
	},
	{
		types: ['telegram bot'],
		module: telegram,
		inert: true,
		binds: {
			to: 'account',
			what: 'its Telegram bot, which it polls and which answers a second poller with a conflict',
			when: { property: 'updatemode', oneOf: ['polling', 'webhook'] },
		},
		evidence: 'telegrambot/nodes/bot-node.js:57',
	},
	{
		types: ['telegram sender', 'telegram reply', 'telegram control'],
		module: telegram,
		acts: true,
		evidence: 'telegrambot/lib/queue-manager.js',
	},
	{
		types: ['chatbot-telegram-receive', 'chatbot-slack-receive', 'chatbot-discord-receive', 'chatbot-whatsapp-receive'],
		module: 'node-red-contrib-chatbot',
		emits: 'subscription',
		binds: { to: 'account', what: 'its bot' },
	},
	{ types: ['chatbot-telegram-send', 'chatbot-slack-send', 'chatbot-discord-send'], module: 'node-red-contrib-chatbot', acts: true },
	{
		types: ['alexa-home'],
		module: alexa,
		emits: 'subscription',
		binds: { to: 'account', what: "its Alexa account, whose name is the broker's client id, so that instances evict each other" },
		evidence: 'alexa.js:41',
	},
	{ types: ['alexa-home-conf'], module: alexa, inert: true, evidence: 'alexa.js:41' },
	{ types: ['alexa-home-resp'], module: alexa, acts: true, evidence: 'alexa.js:41' },
	{
		types: ['alexa-local'],
		module: 'node-red-contrib-alexa-local',
		emits: 'listener',
		binds: { to: 'account', what: 'the device that the assistant paired with' },
	},
	{
		types: ['amazon-echo-hub'],
		module: 'node-red-contrib-amazon-echo',
		emits: 'listener',
		serves: 'the hub that the assistant looks for',
		keeps: 'the state that the assistant has set each device to',
		evidence: 'index.js:55',
	},
	{ types: ['amazon-echo-device'], module: 'node-red-contrib-amazon-echo', evidence: 'index.js:10' },
	{ types: ['alexa-remote-account'], module: alexaRemote, inert: true, evidence: 'lib/common.js:528' },
	{ types: ['alexa-remote-event'], module: alexaRemote, emits: 'subscription', evidence: 'nodes/alexa-remote-event.js' },
	{
		types: ['alexa-remote-routine', 'alexa-remote-smarthome', 'alexa-remote-echo', 'alexa-remote-other'],
		module: alexaRemote,
		acts: true,
		evidence: 'lib/alexa-remote-ext.js',
	},
	{ types: ['alexa-remote-*'], module: alexaRemote, evidence: 'lib/alexa-remote-ext.js' },
	{
		types: ['homekit-service', 'homekit-service2', 'homekit-status'],
		module: homekit,
		emits: 'listener',
		acts: true,
		binds: accessory,
		evidence: 'src/lib/HAPHostNode.ts:143',
	},
	{ types: ['homekit-bridge', 'homekit-standalone', 'nrchkb'], module: homekit, inert: true, evidence: 'src/lib/HAPHostNode.ts:104' },
	{ types: ['noraf-config', 'nora-config'], module: 'node-red-contrib-smartnora', inert: true },
	{
		types: ['noraf-*', 'nora-*'],
		module: 'node-red-contrib-smartnora',
		emits: 'subscription',
		binds: { to: 'account', what: 'its Google Home device' },
	},
	{
		types: ['google-device', 'google-mgmt'],
		module: smartHome,
		emits: 'listener',
		binds: { to: 'account', what: 'the devices that Google Home knows it by; the tokens are files of this machine' },
		evidence: 'lib/Auth.ts:557',
	},
	{ types: ['googlesmarthome-client'], module: smartHome, inert: true, evidence: 'lib/SmartHome.ts:435' },
	{ types: ['cast-to-client', 'castv2-sender', 'googlehome-notify'], module: 'node-red-contrib-cast', acts: true },
	{ types: ['webhookrelay', 'ngrok', 'localtunnel'], module: 'node-red-contrib-*', emits: 'subscription', binds: tunnel },
	{
		types: ['slack-rtm-in', 'slack-state'],
		module: 'node-red-contrib-slack',
		emits: 'subscription',
		evidence: 'slackpost.js:660',
	},
	{ types: ['slack-rtm-out', 'slack-web-out'], module: 'node-red-contrib-slack', acts: true, evidence: 'slackpost.js:850' },
	{ types: ['slack-config'], module: 'node-red-contrib-slack', inert: true, evidence: 'slackpost.js:660' },
	{ types: ['slack'], module: 'node-red-contrib-slack-webhook', acts: true },
	{
		types: ['discordMessage', 'discord-get-messages', 'discordReactionManager'],
		module: 'node-red-contrib-discord',
		emits: 'subscription',
	},
	{ types: ['discordSendMessage', 'discordMessageManager'], module: 'node-red-contrib-discord', acts: true },
	{ types: ['discord-token'], module: 'node-red-contrib-discord', inert: true },
	{
		types: ['whatsapp-link', 'whatsapp-in'],
		module: 'node-red-contrib-whatsapp',
		emits: 'subscription',
		binds: { to: 'account', what: 'its WhatsApp session' },
	},
	{ types: ['xmpp in', 'irc in'], module: 'node-red-node-*', emits: 'subscription', evidence: 'social/irc/91-irc.js:100' },
	{ types: ['xmpp out', 'irc out'], module: 'node-red-node-*', acts: true, evidence: 'social/xmpp/92-xmpp.js:402' },
	{ types: ['xmpp-server', 'irc-server'], module: 'node-red-node-*', inert: true, evidence: 'social/irc/91-irc.js:242' },
	{
		types: ['pushover', 'pushbullet', 'prowl', 'twilio out', 'twitter out', 'nma', 'e-mail'],
		module: 'node-red-node-*',
		acts: true,
		evidence: 'social/email/61-email.js',
	},
	{
		types: ['pushover api', 'pushover-keys', 'twilio-api', 'pushbullet-config', 'twitter-credentials'],
		module: 'node-red-node-*',
		inert: true,
	},
	{ types: ['pushbullet in'], module: 'node-red-node-pushbullet', emits: 'subscription', evidence: 'social/pushbullet/57-pushbullet.js' },
	{ types: ['ibmiot in'], module: 'node-red-contrib-ibm-watson-iot', emits: 'subscription' },
	{ types: ['ibmiot out'], module: 'node-red-contrib-ibm-watson-iot', acts: true },
	{ types: ['ibmiot'], module: 'node-red-contrib-ibm-watson-iot', inert: true },
	{
		types: ['ethers-events', 'ethers-read-contract', 'ethers-read-account'],
		module: ethers,
		evidence: 'nodes/ethers-events.js:17',
	},
	{
		types: ['ethers-transfer', 'ethers-write-contract', 'ethers-deploy'],
		module: ethers,
		acts: true,
		evidence: 'nodes/ethers-transfer.js:29',
	},
	{
		types: ['ethers-credentials', 'ethers-rpc', 'ethers-contract', 'ethers-provider'],
		module: ethers,
		inert: true,
		evidence: 'nodes/ethers-provider.js:7',
	},
	{ types: ['event-listener'], module: 'node-red-contrib-ethereum', emits: 'subscription' },
	{ types: ['contract-call'], module: 'node-red-contrib-ethereum', acts: true },
	{
		types: ['AnamicoAlarmPanel'],
		module: 'node-red-contrib-alarm',
		keeps: 'whether the alarm is set',
		evidence: 'alarmpanel.js',
	},
	{ types: ['AnamicoAlarm*'], module: 'node-red-contrib-alarm', emits: 'internal', evidence: 'alarmpanel.js' },
];
