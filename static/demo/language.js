// Before anything is drawn: the shop's language from the address, from the last visit or from the browser,
// so that the words below and the chat's launcher agree from the start.
;(() => {
  const asked = new URLSearchParams(location.search).get('lang')
  let kept = null
  try {
    if (asked) localStorage.setItem('lumen.language', asked)
    kept = localStorage.getItem('lumen.language')
  } catch {}
  const zh = (asked || kept || navigator.language).toLowerCase().startsWith('zh')
  document.documentElement.lang = zh ? 'zh-CN' : 'en'
})()
