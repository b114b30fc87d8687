/** 联系方式表单与评价的文字（简体中文）；键与 `later.en.js` 一致。 */

/** @import { LaterStrings } from './later.en.js' */

/** @type {LaterStrings} */
export const zh = {
  queueFinding: '正在为您寻找空闲的人工客服…',
  queueKept: '关闭页面也会为您保留位置。',
  leaveQueue: '退出排队',
  leaveMessage: '留下联系方式',

  askTitle: '开始之前',
  askHint: '方便客服知道怎么称呼您。',
  askSend: '开始咨询',
  askSkip: '跳过',
  leaveTitle: '给我们留言',
  leaveHint: '请在对话中写下您的问题，并留下联系方式，不必在此等候。',
  leaveSend: '提交',
  leaveSkip: '暂不',
  contactKept: '谢谢，已收到您的联系方式。',
  optional: '（选填）',
  fields: { name: '姓名', email: '电子邮箱', phone: '电话' },
  fieldErrors: {
    name: '请填写姓名。',
    email: '请填写完整的邮箱地址，例如 lina@mail.example。',
    phone: '请填写带国家代码的电话号码，例如 +86 10 5555 0000。',
  },

  rateTitle: '您对本次服务满意吗？',
  rateHint: '您的评价会帮助我们做得更好。',
  scores: ['非常不满意', '不满意', '一般', '满意', '非常满意'],
  comment: '想对我们说什么？（选填）',
  rate: '提交评价',
  rateFirst: '请先选择一个表情。',
  startNew: '开始新的对话',

  files: {
    files: '文件',
    attach: '添加文件',
    toSend: '待发送的文件',
    retry: '重试',
    again: '加载失败，点击重试。',
    save: '保存',
    closePicture: '关闭图片',
    uploading: (name) => `正在上传 ${name}`,
    remove: (name) => `移除 ${name}`,
    enlarge: (name) => `放大 ${name}`,
    tooMany: (most) => `一条消息最多 ${most} 个文件，其余的未添加。`,
    errors: {
      too_large: '文件过大。',
      file_type: '只能发送图片、PDF 和纯文本。',
      file_broken: '文件已损坏或为空。',
      too_many_files: '此对话不能再添加文件。',
      no_room: '暂时没有空间存放文件。',
      conflict: '此处不能发送文件。',
      rate_limited: '有点快，请稍后重试。',
      offline: '没有网络连接。',
      other: '未上传。',
    },
  },

  errors: {
    file_unknown: '有文件已不在服务器上，请重新添加。',
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
