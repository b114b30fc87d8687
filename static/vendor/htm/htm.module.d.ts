/** htm's type, by hand; nothing of this is loaded. */
declare const htm: {
  bind<H extends (type: any, props?: any, ...children: any[]) => any>(h: H): (strings: TemplateStringsArray, ...values: any[]) => ReturnType<H>
}
export default htm
