import { FakeSmsGateway } from './fake-sms-gateway.ts';
import { smsGatewayConformance } from './sms-gateway-conformance.ts';

smsGatewayConformance('the fake', () => {
  const gateway = new FakeSmsGateway();
  gateway.lines = ['studio'];
  let count = 0;
  return Promise.resolve({
    gateway,
    route: { lineId: 'studio', endpoint: '+2207000001' },
    bring(sender, content) {
      count += 1;
      try {
        const isThere = gateway.deliver({ sender, content, gatewayMessageId: `${count}` });
        return Promise.resolve({ isAcknowledged: isThere });
      } catch {
        return Promise.resolve({ isAcknowledged: false });
      }
    },
    received: () => Promise.resolve(gateway.sent.map(({ content }) => content)),
    refuseNext: (isRetryable) => () => gateway.answers.push({ ok: false, isRetryable, reason: 'no' }),
    goAway: () => gateway.become({ isWell: false, msg: 'unplugged' }),
    comeBack: () => gateway.become({ isWell: true, msg: null }),
    close: () => undefined,
  });
});
