//! The settings: account, notifications, appearance, devices. Every form works as it stands; the shell's script
//! sends those marked `data-auto` as soon as something in them changes.

use super::{
    Reader,
    part::{Card, Square, When},
};
use crate::{
    model::{
        account::Person,
        device::Device,
        language::Language,
        look::Look,
        notice::PopUps,
        settings::{Outcome, Settings},
    },
    ui::{part::icon::Icon, text::fill},
};
use leptos::prelude::*;

/// The whole page below its frame.
#[component]
pub fn SettingsSheet(settings: Settings, person: Person, reader: Reader) -> impl IntoView {
    let t = reader.text();
    let Settings { email, pop_ups, devices, look, outcome } = settings;
    let saved = outcome.and_then(|outcome| match outcome {
        Outcome::Saved => Some(t.saved),
        Outcome::SignedOut => Some(t.signed_out),
        Outcome::PasswordChanged => Some(t.password_changed),
        Outcome::WrongPassword | Outcome::ShortPassword | Outcome::TooManyTries => None,
    });
    view! {
        <header class="page-head">
            <div class="page-head__text">
                <h1>{t.settings}</h1>
            </div>
        </header>
        <div class="with-toc">
            <nav class="toc" aria-label=t.sections>
                <ul role="list">
                    {[
                        ("#s-account", "#i-user", t.account),
                        ("#s-notices", "#i-bell", t.notifications),
                        ("#s-look", "#i-sun", t.appearance),
                        ("#s-devices", "#i-phone", t.devices),
                    ]
                        .map(|(href, icon, title)| {
                            view! {
                                <li>
                                    <a href=href>
                                        <Icon name=icon/>
                                        {title}
                                    </a>
                                </li>
                            }
                        })
                        .collect_view()}
                </ul>
            </nav>
            <div class="stack">
                <Account email person outcome reader/>
                <Notices pop_ups reader/>
                <Appearance look reader/>
                <Devices devices reader/>
            </div>
        </div>
        <div class="toast-region" role="status">
            <div class="toast" id="saved" hidden=saved.is_none()>
                <Icon name="#i-check-circle"/>
                <span class="grow">{saved.unwrap_or(t.saved)}</span>
            </div>
            <div class="toast" id="unsaved" hidden>
                <Icon name="#i-alert-circle"/>
                <span class="grow">{t.unsaved}</span>
            </div>
        </div>
    }
}

#[component]
fn Account(email: String, person: Person, outcome: Option<Outcome>, reader: Reader) -> impl IntoView {
    let t = reader.text();
    let wrong = outcome.and_then(|outcome| match outcome {
        Outcome::WrongPassword => Some(("current", t.password_wrong)),
        Outcome::ShortPassword => Some(("new", t.password_short)),
        Outcome::TooManyTries => Some(("current", t.password_tries)),
        Outcome::Saved | Outcome::SignedOut | Outcome::PasswordChanged => None,
    });
    let caption = reader.text().caption(&person).to_owned();
    view! {
        <Card id="s-account" title=t.account>
            <div class="setting">
                <div>
                    <p class="b">{person.name}</p>
                    <p>{caption}</p>
                    <p>{email}</p>
                </div>
                <form method="post" action="/logout">
                    <button class="btn btn--sm">{t.sign_out}</button>
                </form>
            </div>
            <p class="card__lead muted">{t.kept_by_practice}</p>
            <form class="card__body stack stack--md" method="post" action="/settings/password">
                <h3 class="b">{t.password_title}</h3>
                <div class="pair">
                    <Password name="current" label=t.password_now complete="current-password" wrong/>
                    <Password name="new" label=t.password_new complete="new-password" wrong/>
                </div>
                <p>
                    <button class="btn btn--sm">{t.password_button}</button>
                </p>
            </form>
        </Card>
    }
}

#[component]
fn Password(
    name: &'static str,
    label: &'static str,
    complete: &'static str,
    wrong: Option<(&'static str, &'static str)>,
) -> impl IntoView {
    let wrong = wrong.filter(|(field, _)| *field == name).map(|(_, words)| words);
    let error = format!("{name}-error");
    view! {
        <div class="field">
            <label class="field__label" for=name>
                {label}
            </label>
            <input
                class="input"
                id=name
                name=name
                type="password"
                autocomplete=complete
                required
                aria-invalid=wrong.map(|_| "true")
                aria-describedby=wrong.map(|_| error.clone())
            />
            {wrong
                .map(|words| {
                    view! {
                        <p class="field__error" id=error role="alert">
                            <Icon name="#i-alert-circle"/>
                            <span>{words}</span>
                        </p>
                    }
                })}
        </div>
    }
}

#[component]
fn Notices(pop_ups: PopUps, reader: Reader) -> impl IntoView {
    let t = reader.text();
    let rows = [
        (t.kind_messages, t.kind_messages_sub, Some(("messages", pop_ups.messages))),
        (t.kind_jobs, t.kind_jobs_sub, Some(("jobs", pop_ups.jobs))),
        (t.kind_devices, t.kind_devices_sub, None),
    ];
    let rows = rows
        .map(|(title, words, switch)| {
            view! {
                <tr role="row">
                    <th scope="row" role="rowheader">
                        <b>{title}</b>
                        <span>{words}</span>
                    </th>
                    <td role="cell">
                        <label>
                            <input
                                class="switch"
                                type="checkbox"
                                checked
                                disabled
                                aria-label=fill(t.in_list_of, &[title])
                            />
                            <span class="lbl" aria-hidden="true">
                                {t.in_list}
                            </span>
                        </label>
                    </td>
                    <td role="cell">
                        {switch
                            .map(|(name, is_on)| {
                                view! {
                                    <label>
                                        <input
                                            class="switch"
                                            type="checkbox"
                                            name=name
                                            checked=is_on
                                            aria-label=fill(t.pop_up_of, &[title])
                                        />
                                        <span class="lbl" aria-hidden="true">
                                            {t.pop_up}
                                        </span>
                                    </label>
                                }
                            })}
                    </td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <Card id="s-notices" title=t.notifications>
            <p class="card__lead muted">
                {t.lead_begin}
                <a href="/notifications">{t.lead_list}</a>
                {t.lead_end}
            </p>
            <form method="post" action="/settings/notices" data-auto="">
                <table class="matrix" role="table">
                    <caption class="vh">{t.matrix}</caption>
                    <thead role="rowgroup">
                        <tr role="row">
                            <th scope="col" role="columnheader">{t.tell_me}</th>
                            <th scope="col" role="columnheader">{t.in_list}</th>
                            <th scope="col" role="columnheader">{t.pop_up}</th>
                        </tr>
                    </thead>
                    <tbody role="rowgroup">{rows}</tbody>
                </table>
                <div class="card__foot card__foot--row">
                    <p class="quiet">{t.not_set_up}</p>
                    <button class="btn btn--sm no-script">{t.save}</button>
                </div>
            </form>
        </Card>
    }
}

#[component]
fn Appearance(look: Look, reader: Reader) -> impl IntoView {
    let t = reader.text();
    let radio =
        |name: &'static str, value: &'static str, words: &'static str, chosen: Option<&'static str>| {
            view! {
                <label>
                    <input type="radio" name=name value=value checked=chosen.unwrap_or_default() == value/>
                    {words}
                </label>
            }
        };
    view! {
        <Card id="s-look" title=t.appearance>
            <form method="post" action="/settings/look" data-auto="">
                <div class="setting setting--wrap">
                    <div>
                        <p class="b">{t.theme}</p>
                        <p>{t.theme_sub}</p>
                    </div>
                    <fieldset class="seg">
                        <legend class="vh">{t.theme}</legend>
                        {radio("theme", "", t.theme_device, look.theme)}
                        {radio("theme", "light", t.theme_light, look.theme)}
                        {radio("theme", "dark", t.theme_dark, look.theme)}
                    </fieldset>
                </div>
                <div class="setting setting--wrap">
                    <div>
                        <p class="b">{t.size}</p>
                        <p>{t.size_sub}</p>
                    </div>
                    <fieldset class="seg">
                        <legend class="vh">{t.size}</legend>
                        {radio("text", "", t.size_normal, look.text)}
                        {radio("text", "large", t.size_large, look.text)}
                        {radio("text", "larger", t.size_larger, look.text)}
                    </fieldset>
                </div>
                <div class="setting">
                    <div>
                        <p class="b" id="less-motion">{t.motion}</p>
                        <p>{t.motion_sub}</p>
                    </div>
                    <input
                        class="switch"
                        type="checkbox"
                        name="motion"
                        value="reduce"
                        checked=look.motion.is_some()
                        aria-labelledby="less-motion"
                    />
                </div>
                <div class="card__foot card__foot--row">
                    <p class="quiet">{t.this_device_only}</p>
                    <button class="btn btn--sm no-script">{t.save}</button>
                </div>
            </form>
            <form class="setting setting--wrap" method="post" action="/settings/language">
                <div>
                    <label class="b" for="language">
                        {t.language}
                    </label>
                    <p>{t.language_sub}</p>
                </div>
                <div class="cluster">
                    <select class="input" id="language" name="language">
                        {Language::ALL
                            .map(|(language, name)| {
                                view! {
                                    <option
                                        value=language.tag()
                                        lang=language.tag()
                                        selected=language == reader.language
                                    >
                                        {name}
                                    </option>
                                }
                            })
                            .collect_view()}
                    </select>
                    <button class="btn btn--sm">{t.save}</button>
                </div>
            </form>
        </Card>
    }
}

#[component]
fn Devices(devices: Vec<Device>, reader: Reader) -> impl IntoView {
    let t = reader.text();
    let count = devices.len();
    let rows = devices
        .into_iter()
        .map(|device| {
            let icon = if device.is_phone { "#i-phone" } else { "#i-monitor" };
            let name = device.name.unwrap_or_else(|| t.program.to_owned());
            let label = fill(t.sign_out_of, &[&name]);
            view! {
                <li class="row">
                    <Square icon hue=7/>
                    <div class="row__main">
                        <p class="row__title">
                            {name}
                            " "
                            {device
                                .is_this
                                .then(|| view! { <span class="tag" data-tone="ok">{t.this_device}</span> })}
                        </p>
                        <p class="row__sub row__sub--sm">
                            {match device.is_this {
                                true => view! { {t.in_use} }.into_any(),
                                false => {
                                    view! {
                                        {t.last_used}
                                        <When ms=device.used_ms reader/>
                                    }
                                        .into_any()
                                }
                            }}
                        </p>
                    </div>
                    {(!device.is_this)
                        .then(|| {
                            view! {
                                <form method="post" action="/settings/device">
                                    <input type="hidden" name="handle" value=device.handle/>
                                    <button class="btn btn--sm btn--danger-quiet" aria-label=label>
                                        {t.sign_out}
                                    </button>
                                </form>
                            }
                        })}
                </li>
            }
        })
        .collect_view();
    view! {
        <Card id="s-devices" title=t.devices>
            <p class="card__lead muted">
                {match count {
                    1 => t.signed_in_here.to_owned(),
                    many => fill(t.signed_in_on, &[&many.to_string()]),
                }}
            </p>
            <ul role="list" class="rows">
                {rows}
            </ul>
            {(count > 1)
                .then(|| {
                    view! {
                        <form class="card__foot" method="post" action="/settings/devices">
                            <button class="btn btn--sm">{t.sign_out_others}</button>
                        </form>
                    }
                })}
        </Card>
    }
}
