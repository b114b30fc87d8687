/** Path data of the widget's line icons, drawn for a box of 24 × 24. */

export const icons = {
  close: 'M6 6l12 12M18 6L6 18',
  send: 'M12 19V5M6 11l6-6 6 6',
  person: 'M12 12a4 4 0 100-8 4 4 0 000 8zM4.5 20c.8-3.6 3.8-5.5 7.5-5.5s6.7 1.9 7.5 5.5',
  assistant: 'M5 5h14a2 2 0 012 2v8a2 2 0 01-2 2h-7l-5 4v-4H5a2 2 0 01-2-2V7a2 2 0 012-2zM8.5 10.5v1M15.5 10.5v1',
  down: 'M12 5v14M6 13l6 6 6-6',
  sending: 'M12 4a8 8 0 100 16 8 8 0 000-16zM12 8v4l2.5 2',
  bell: 'M6 16V11a6 6 0 1112 0v5l1.5 2h-15zM10 20.5h4',
  silent: 'M6 16V11a6 6 0 1112 0v5l1.5 2h-15zM10 20.5h4M4 4l16 16',
  stored: 'M5 12.5l4.5 4.5L19 7.5',
  delivered: 'M2 12.5L6.5 17 16 7.5M11.5 16l1 1L22 7.5',
  seen: 'M2 12.5L6.5 17 16 7.5M11.5 16l1 1L22 7.5',
  failed: 'M12 4a8 8 0 100 16 8 8 0 000-16zM12 8v5M12 16v.2',
}
