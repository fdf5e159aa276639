//! What is dragged over the page, dropped or pasted: words go to where one writes, and a file never takes the page,
//! and what is written on it, away.
//!
//! It is needed before the browser's half is there, and stays outside it.

/// From now on. The function at the end is given the files brought to the open conversation. They cannot be sent yet,
/// and whoever brought them is told so until they begin to write.
///
/// What the field is better at itself is left to it; what is dragged is hidden from the page until it is dropped. Words
/// are put in at the caret as if they were typed, which can be undone.
pub const BRING: &str = "\
;(take=>{for(const name of['dragover','dragleave','drop','paste'])addEventListener(name,e=>{\
const over=name=='dragover',d=e.dataTransfer||e.clipboardData,t=e.target.closest?e.target:e.target.parentElement,\
pane=t?.closest('.pane--thread,.dialog--chat'),typed=t?.closest('input,textarea'),\
words=d?.getData('text/plain'),files=d?.types.includes('Files'),here=pane||name=='paste'&&!typed;\
if(!over)document.querySelector('[data-drag]')?.removeAttribute('data-drag');\
if(!d||name=='dragleave'||typed&&(words||!files)||!here&&!files)return;\
e.preventDefault();\
const field=document.getElementById('compose');\
if(over)return pane?.setAttribute('data-drag','');\
if(!here||!field)return;\
field.focus();\
words?document.execCommand('insertText',false,words):files&&take(d.files)});\
for(const name of['input','focusout'])addEventListener(name,()=>{const p=document.getElementById('no-files');if(p)p.hidden=true})\
})(()=>{document.getElementById('no-files').hidden=false})";
