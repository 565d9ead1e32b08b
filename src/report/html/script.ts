/** The page's few lines of script: theme, sorting, filtering, copying. Without them everything is still there to read. */
export const SCRIPT = `
const root=document.documentElement;root.classList.add("js");
const theme=document.getElementById("theme");
const dark=()=>root.dataset.theme?root.dataset.theme==="dark":matchMedia("(prefers-color-scheme: dark)").matches;
const name=()=>{theme.textContent=dark()?"Light theme":"Dark theme"};name();
matchMedia("(prefers-color-scheme: dark)").addEventListener("change",name);
theme.addEventListener("click",()=>{root.dataset.theme=dark()?"light":"dark";name()});
const say=text=>{document.getElementById("status").textContent=text};
for(const table of document.querySelectorAll("table.scans"))for(const button of table.querySelectorAll("thead button"))button.addEventListener("click",()=>{
 const head=button.closest("th"),column=[...head.parentNode.children].indexOf(head),number="number" in head.dataset;
 const now=head.getAttribute("aria-sort"),down=now?now==="ascending":number,sign=down?-1:1;
 for(const other of head.parentNode.children)other.removeAttribute("aria-sort");
 head.setAttribute("aria-sort",down?"descending":"ascending");
 const key=body=>body.rows[0].cells[column].dataset.sort;
 const bodies=[...table.tBodies].sort((a,b)=>sign*(number?key(a)-key(b):key(a).localeCompare(key(b),"en",{numeric:true})));
 table.append(...bodies);say("Sorted by "+button.textContent+(down?", largest first":", smallest first"))});
const all=document.getElementById("all"),open=()=>{document.querySelector("table.scans").classList.add("all");if(all)all.parentNode.hidden=true};
if(all)all.addEventListener("click",open);
const follow=()=>{const row=/^#scan-/.test(location.hash)&&document.getElementById(location.hash.slice(1));if(row){open();row.hidden=false;row.querySelector("details").open=true;row.scrollIntoView()}};
addEventListener("hashchange",follow);follow();
const filter=document.getElementById("filter");
if(filter)filter.addEventListener("input",()=>{open();const words=filter.value.toLowerCase().split(/\\s+/).filter(Boolean);let shown=0;
 for(const body of document.querySelector("table.scans").tBodies){const text=body.textContent.toLowerCase();body.hidden=!words.every(word=>text.includes(word));if(!body.hidden)shown++}
 document.getElementById("shown").textContent=shown+" shown"});
for(const button of document.querySelectorAll("button.copy"))button.addEventListener("click",async()=>{
 const rules=button.parentNode.querySelector("pre");
 try{await navigator.clipboard.writeText(rules.textContent);button.textContent="Copied";say("Rules copied")}
 catch{const range=document.createRange();range.selectNodeContents(rules);const selection=getSelection();selection.removeAllRanges();selection.addRange(range);button.textContent="Selected";say("Rules selected: copy them with the keyboard")}
 setTimeout(()=>{button.textContent="Copy"},2000)});
`;
