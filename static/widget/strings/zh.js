/** 小窗的全部文字（简体中文）；键与 `en.js` 一致，由类型检查保证。 */

/** @import { Strings } from './en.js' */

/** @type {Strings} */
export const zh = {
  pageTitle: '客服对话',
  assistant: '智能客服',
  you: '您',
  close: '关闭对话',
  otherLanguage: 'EN',
  switchLanguage: 'EN: switch to English',
  log: '对话内容',

  statusBot: '全天在线，即问即答',
  statusWaiting: '正在等待人工客服',
  statusHuman: '人工客服 · 正在为您服务',
  statusResolved: '对话已结束',
  connecting: '正在连接…',
  offline: '网络已断开。您写的内容会保存，联网后自动发送。',
  reconnecting: '连接中断，正在重新连接…',

  placeholder: '请输入消息…',
  message: '您的消息',
  send: '发送',
  human: '转人工',
  jump: '有新消息',
  left: (left) => (left < 0 ? `超出 ${-left} 字` : `还可输入 ${left} 字`),
  tooLong: '消息过长，无法发送',

  typing: (name) => `${name}正在输入`,
  sending: '发送中',
  stored: '已发送',
  seen: '已读',
  failed: '未能发送。',
  retry: '重试',
  edit: '修改',
  choices: '可选回答',

  queueFinding: '正在为您寻找空闲的人工客服…',
  queuePlace: (place, waiting) =>
    place <= 1 ? `下一位就是您${waiting > 1 ? `（共 ${waiting} 人在等待）` : ''}。` : `您排在第 ${place} 位，共 ${waiting} 人在等待。`,
  queueKept: '关闭页面也会为您保留位置。',
  leaveQueue: '退出排队',

  asked: '您请求了人工客服',
  handedOver: '您的问题已转给人工客服',
  leftQueue: '您已退出排队，智能客服继续为您服务。',
  claimed: (name) => `${name} 已加入对话`,
  released: (name) => `${name} 已将对话转交给其他同事`,
  resolved: (name) => `${name} 已结束对话。还有问题？直接留言即可。`,
  erased: '此前的内容已被删除',
  fresh: '之前的对话已不可用，现在是新的对话；您输入的内容没有丢失。',

  rateTitle: '您对本次服务满意吗？',
  rateHint: '您的评价会帮助我们做得更好。',
  scores: ['非常不满意', '不满意', '一般', '满意', '非常满意'],
  comment: '想对我们说什么？（选填）',
  rate: '提交评价',
  rateFirst: '请先选择一个表情。',
  rated: (score) => `您给本次对话打了 ${score} 分（满分 5 分）`,
  thanks: '感谢您的评价！',
  startNew: '开始新的对话',

  errors: {
    rate_limited: '您发得有点快，消息稍后会自动发出。',
    overloaded: '现在咨询的人较多，消息稍后会自动发出。',
    unavailable: '服务暂时不可用，我们会继续尝试。',
    text_empty: '消息内容为空。',
    text_too_long: '消息过长。',
    too_large: '消息过长。',
    text_control_character: '消息中含有无法发送的字符。',
    not_waiting: '您已不在排队中。',
    not_resolved: '对话已重新开始，暂时无法评价。',
    conflict: '该操作已完成。',
    invalid_field: '内容未被接受。',
    identity_refused: '未能确认您的身份，您仍可继续咨询。',
    unauthorized: '会话已过期，正在重新开始。',
    other: '我们这边出了点问题。',
  },
}
