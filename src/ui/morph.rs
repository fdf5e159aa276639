//! Drawing a sheet again over itself: what is the same stays, with its focus and what was typed into it.

use leptos::prelude::document;
use web_sys::{Element, HtmlInputElement, Node, wasm_bindgen::JsCast};

/// Makes the inside of `place` what `html` says, by as few changes as it takes. What has an id is known by it, so
/// that a row that moves is still the same row, and the button under somebody's finger the same button.
pub fn morph(place: &Element, html: &str) {
    let Ok(fresh) = document().create_element("div") else { return };
    fresh.set_inner_html(html);
    inside(place, &fresh);
}

fn inside(old: &Node, new: &Node) {
    forget(old, new);
    let mut at = old.first_child();
    let mut next = new.first_child();
    while let Some(wanted) = next {
        next = wanted.next_sibling();
        match counterpart(at.clone(), &wanted) {
            Some(found) => {
                if at.as_ref() == Some(&found) {
                    at = found.next_sibling();
                } else {
                    let _ = old.insert_before(&found, at.as_ref());
                }
                same(&found, &wanted);
            }
            None => {
                let _ = old.insert_before(&wanted, at.as_ref());
            }
        }
    }
    while let Some(rest) = at {
        at = rest.next_sibling();
        let _ = old.remove_child(&rest);
    }
}

/// Takes away first what is gone: then what stays need not be moved past it, and keeps its focus and its press.
fn forget(old: &Node, new: &Node) {
    let stays: Vec<String> = children(new).filter_map(|child| id(&child)).collect();
    let gone = children(old).filter(|child| id(child).is_some_and(|id| !stays.contains(&id)));
    for child in gone.collect::<Vec<Node>>() {
        let _ = old.remove_child(&child);
    }
}

fn children(of: &Node) -> impl Iterator<Item = Node> {
    std::iter::successors(of.first_child(), Node::next_sibling)
}

/// What stands for this already: the one of that id, or the next one if it is of the same kind and has no id.
fn counterpart(mut at: Option<Node>, wanted: &Node) -> Option<Node> {
    let id = id(wanted);
    while let Some(one) = at {
        let is_it = one.node_name() == wanted.node_name() && self::id(&one) == id;
        if is_it || id.is_none() {
            return Some(one).filter(|_| is_it);
        }
        at = one.next_sibling();
    }
    None
}

fn id(node: &Node) -> Option<String> {
    node.dyn_ref::<Element>().map(Element::id).filter(|id| !id.is_empty())
}

fn same(old: &Node, new: &Node) {
    let (Some(from), Some(to)) = (new.dyn_ref::<Element>(), old.dyn_ref::<Element>()) else {
        if old.node_value() != new.node_value() {
            old.set_node_value(new.node_value().as_deref());
        }
        return;
    };
    for name in to.get_attribute_names() {
        let name = name.as_string().unwrap_or_default();
        if !from.has_attribute(&name) {
            let _ = to.remove_attribute(&name);
            choose(to, from);
        }
    }
    for name in from.get_attribute_names() {
        let name = name.as_string().unwrap_or_default();
        let value = from.get_attribute(&name);
        if to.get_attribute(&name) != value {
            let _ = to.set_attribute(&name, &value.unwrap_or_default());
            choose(to, from);
        }
    }
    inside(old, new);
}

/// A field somebody has used no longer heeds its attributes: what is chosen elsewhere now is set in it, except while
/// somebody types.
fn choose(to: &Element, from: &Element) {
    if let (Some(to), Some(from)) = (to.dyn_ref::<HtmlInputElement>(), from.dyn_ref::<HtmlInputElement>())
        && document().active_element().as_ref() != Some(to)
    {
        to.set_checked(from.checked());
        to.set_value(&from.value());
    }
}
