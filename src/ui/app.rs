//! The shell around every page, and which page belongs to which path.

use super::{
    address::{self, PageAddress, Route},
    bring::BRING,
    keys,
    live::Live,
    page::{
        drawn::Drawn,
        job_chat::JobChat,
        messages::Messages,
        missing::Missing,
        offline::Offline,
        sign_in::SignIn,
        sorry::{Sorry, SorryPage},
        team::Team,
    },
    part::frame::Place,
    text::still::StillText,
};
use crate::{
    client,
    model::{RoomId, account::Attempt, language::Language, look::Look},
};
use leptos::{nonce::use_nonce, prelude::*};
use serde::Deserialize;
use std::sync::{Arc, Mutex, PoisonError};

/// The drawings every page refers to by name, so that no icon is a request.
const SPRITE: &str = include_str!("part/sprite.svg");

/// Sends a form marked `data-auto` as soon as something in it changes, whether or not the browser's half is there.
const AT_ONCE: &str = "\
;document.addEventListener('change',({target:{form:f}})=>{\
if(!f||f.dataset.auto===undefined)return;\
const d=new FormData(f),h=document.documentElement,show=(id,on)=>{const t=document.getElementById(id);if(t)t.hidden=!on};\
if(d.has('theme'))for(const n of['theme','text','motion']){const v=d.get(n);v?h.dataset[n]=v:delete h.dataset[n]}\
fetch(f.action,{method:'POST',headers:{accept:'application/json'},body:new URLSearchParams(d)})\
.then(r=>{if(!r.ok)throw r;show('unsaved',false);show('saved',true);setTimeout(()=>show('saved',false),6000)})\
.catch(()=>{show('saved',false);show('unsaved',true)})})";

/// The files a page loads, under the names the build gave them.
#[derive(Clone, Debug, Deserialize)]
pub struct Assets {
    pub js: String,
    pub wasm: String,
    pub css: String,
}

impl Default for Assets {
    fn default() -> Self {
        Assets { js: "/pkg/confer.js".into(), wasm: "/pkg/confer.wasm".into(), css: "/pkg/confer.css".into() }
    }
}

/// What a page wants around it on the server: its HTTP status and its title. In the browser nobody asks.
#[derive(Clone, Debug, Default)]
pub struct PageHead(Arc<Mutex<(Option<u16>, Option<String>)>>);

impl PageHead {
    /// Asks for a status.
    pub fn answer(&self, code: u16) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).0 = Some(code);
    }

    /// Asks for a title.
    pub fn name(&self, title: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).1 = Some(title.to_owned());
    }

    /// The status and title asked for.
    pub fn asked(&self) -> (Option<u16>, Option<String>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Stands in the head until the page behind it is drawn and has a name.
pub const UNTITLED: &str = "<title>Confer</title>";

/// A whole page that the browser will take over.
pub fn shell(assets: &Assets, language: Language, look: Look) -> impl IntoView + use<> {
    let Assets { js, wasm, css } = assets.clone();
    // The page is complete without this; when it fails, links and forms go on working. Only secure places have
    // workers, and a browser may refuse one: then nothing is kept for the time without network.
    let start = format!(
        "import('{js}').then(m=>m.default({{module_or_path:'{wasm}'}}).then(()=>m.hydrate()))\
         .then(()=>{{navigator.serviceWorker?.register('/sw.js').catch(()=>{{}})}})\
         .catch(e=>{{document.documentElement.dataset.hydrated='failed';console.warn('Confer works without its script: '+e)}})"
    );
    view! {
        <!DOCTYPE html>
        <html lang=language.tag() data-theme=look.theme data-text=look.text data-motion=look.motion>
            <head>
                <title>"Confer"</title>
                {head(&css)}
                <link rel="modulepreload" href=js/>
                <link rel="preload" href=wasm r#as="fetch" r#type="application/wasm" crossorigin="anonymous"/>
            </head>
            <body>
                <App/>
                <div hidden inner_html=SPRITE></div>
                <script type="module" nonce=use_nonce()>{start + AT_ONCE + BRING}</script>
            </body>
        </html>
    }
}

/// A page that says what went wrong; nothing in it moves. Its title is set whole: as a child it would get a mark for
/// the script behind it, which a browser shows there.
pub fn sorry_shell(assets: &Assets, language: Language, sorry: Sorry) -> impl IntoView + use<> {
    view! {
        <!DOCTYPE html>
        <html lang=language.tag()>
            <head>
                <title inner_html=StillText::of(language).sorry_tab></title>
                {head(&assets.css)}
            </head>
            <body>
                <SorryPage language sorry/>
                <div hidden inner_html=SPRITE></div>
            </body>
        </html>
    }
}

/// The page for the time without network, the same for everybody: it is kept on devices.
pub fn offline_shell(assets: &Assets, language: Language, emergency: String) -> impl IntoView + use<> {
    let t = StillText::of(language);
    view! {
        <!DOCTYPE html>
        <html lang=language.tag()>
            <head>
                <title inner_html=t.offline_tab></title>
                {head(&assets.css)}
            </head>
            <body>
                <Offline emergency t/>
            </body>
        </html>
    }
}

/// The page to sign in on: complete as it is, so its only script tells the zone to write times in. What the
/// next page needs is fetched meanwhile.
pub fn sign_in_shell(
    assets: &Assets,
    language: Language,
    action: String,
    attempt: Option<Attempt>,
) -> impl IntoView + use<> {
    let Assets { js, wasm, css } = assets.clone();
    let script = "document.cookie='zone='+-new Date().getTimezoneOffset()+'; path=/; max-age=31536000; samesite=lax';\
                  document.documentElement.dataset.hydrated='true'";
    view! {
        <!DOCTYPE html>
        <html lang=language.tag()>
            <head>
                <title inner_html=StillText::of(language).sign_in_tab></title>
                {head(&css)}
                <link rel="prefetch" href=js/>
                <link rel="prefetch" href=wasm/>
            </head>
            <body>
                <SignIn language action attempt/>
                <div hidden inner_html=SPRITE></div>
                <script nonce=use_nonce()>{script}</script>
            </body>
        </html>
    }
}

fn head(css: &str) -> impl IntoView + use<> {
    view! {
        <meta charset="utf-8"/>
        <meta
            name="viewport"
            content="width=device-width, initial-scale=1, viewport-fit=cover, interactive-widget=resizes-content"
        />
        <meta name="color-scheme" content="light dark"/>
        {theme_color("#ffffff", "light")}
        {theme_color("#16191d", "dark")}
        <link rel="icon" href="/favicon.svg" type="image/svg+xml"/>
        <link rel="apple-touch-icon" href="/apple-touch-icon.png"/>
        <link rel="manifest" href="/manifest.webmanifest"/>
        <link rel="stylesheet" href=css.to_owned()/>
    }
}

fn theme_color(color: &'static str, scheme: &str) -> impl IntoView + use<> {
    leptos::html::meta()
        .name("theme-color")
        .content(color)
        .attr("media", format!("(prefers-color-scheme: {scheme})"))
}

/// Every page of Confer.
#[component]
pub fn App() -> impl IntoView {
    let PageAddress { address, language } =
        use_context::<PageAddress>().unwrap_or_else(PageAddress::of_window);
    let live = Live::new(address, language);
    let t = live.texts;
    provide_context(live);
    Effect::new(move |_| {
        live.use_browser_clock();
        address::listen(live);
        keys::listen();
        live.guard_unsent();
        live.watch_owner();
        if let Some(root) = document().document_element() {
            // What waits for the page to be at work (a test, a script) waits for this.
            let _ = root.set_attribute("data-hydrated", "true");
        }
    });
    // The wire opens once it is known who is asking, and once only.
    Effect::new(move |connected: Option<bool>| {
        let known = live.account.get().is_some();
        if known && connected != Some(true) {
            client::connect(live);
        }
        known || connected == Some(true)
    });
    let route = Memo::new(move |_| live.address.with(|address| Route::of(address)));
    // On leaving for another page it stays as it was: what is about to go must not be drawn once more.
    let room = Memo::new(move |last: Option<&Option<RoomId>>| match route.get() {
        Route::Messages(room) => room,
        _ => last.copied().flatten(),
    });
    // One conversation and another are the same page: the list stays where it was scrolled to.
    let page = Memo::new(move |_| match route.get() {
        Route::Messages(_) => Route::Messages(None),
        Route::Team(_) => Route::Team(None),
        Route::Jobs(_) => Route::Jobs(None),
        other => other,
    });
    view! {
        <a class="skip-link" href="#main">{t.skip_link}</a>
        {move || match page.get() {
            Route::Home => view! { <Drawn title=t.home place=Place::Home/> }.into_any(),
            Route::Patients => view! { <Drawn title=t.my_patients place=Place::Home/> }.into_any(),
            Route::Messages(_) => view! { <Messages room/> }.into_any(),
            Route::Team(_) => view! { <Team/> }.into_any(),
            Route::Jobs(_) => view! { <Drawn title=t.jobs place=Place::Jobs/> }.into_any(),
            Route::JobChat(job) => view! { <JobChat job/> }.into_any(),
            Route::Settings => view! { <Drawn title=t.settings place=Place::Settings/> }.into_any(),
            Route::Notices => view! { <Drawn title=t.notifications place=Place::Notices/> }.into_any(),
            Route::Missing => view! { <Missing/> }.into_any(),
        }}
    }
}
