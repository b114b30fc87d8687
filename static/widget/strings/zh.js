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
  offline: '网络已断开。您写的内容会保存，联网后自动发送。',
  reconnecting: '连接中断，正在重新连接…',

  placeholder: '请输入消息…',
  message: '您的消息',
  send: '发送',
  human: '转人工',
  jump: '有新消息',
  left: (left) => (left < 0 ? `超出 ${-left} 字` : `还可输入 ${left} 字`),

  typing: (name) => `${name}正在输入`,
  sending: '发送中',
  stored: '已发送',
  delivered: '已送达',
  seen: '已读',
  failed: '未能发送。',
  retry: '重试',
  edit: '修改',
  choices: '可选回答',

  queuePlace: (place, waiting) =>
    place <= 1 ? `下一位就是您${waiting > 1 ? `（共 ${waiting} 人在等待）` : ''}。` : `您排在第 ${place} 位，共 ${waiting} 人在等待。`,
  waitMinutes: (low, high) => (low === high ? `通常约需 ${low} 分钟` : `通常约需 ${low} 至 ${high} 分钟`),
  waitShort: '通常不到 1 分钟',
  waitUpTo: (high) => `通常不超过 ${high} 分钟`,
  waitLong: '可能需要一小时以上',

  asked: '您请求了人工客服',
  handedOver: '您的问题已转给人工客服',
  leftQueue: '您已退出排队，智能客服继续为您服务。',
  claimed: (name) => `${name} 已加入对话`,
  released: (name) => `${name} 已将对话转交给其他同事`,
  transferred: (name) => `${name} 正在将对话转给合适的同事`,
  lapsed: (name) => `${name} 的连接中断。您已按等待时间重新排队。`,
  returnedToBot: (name) => `${name} 已将对话交回智能客服`,
  resolved: (name) => `${name} 已结束对话。还有问题？直接留言即可。`,
  erased: '此前的内容已被删除',
  fresh: '之前的对话已不可用，现在是新的对话；您输入的内容没有丢失。',

  rated: (score) => `您给本次对话打了 ${score} 分（满分 5 分）`,
  thanks: '感谢您的评价！',

  soundOn: '打开提示音',
  soundOff: '关闭提示音',
}
