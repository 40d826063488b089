export { webhookFaults } from './faults.ts'
export { makeWebhookFront, type WebhookTools } from './webhook.ts'
