//! Pages of a list, numbered from one.

use super::Asked;
use crate::{
    model::{
        Error, Result,
        message::{PAGE_MAX, PAGE_SIZE},
    },
    server::App,
};
use axum::{Json, http::Uri};
use serde_json::{Value, json};

/// Which page of a list is wanted, and how much it holds.
#[derive(Clone, Copy, Debug)]
pub struct Paging {
    page: i64,
    pub size: i64,
}

impl Paging {
    /// As the query says.
    pub fn of(asked: &Asked) -> Result<Paging> {
        let positive = |text: &String| text.parse::<i64>().ok().filter(|number| *number > 0);
        // A size that is none is passed over, a page that is none is not there: so the framework has it.
        let size = asked.get("page_size").or_else(|| asked.get("limit")).and_then(positive);
        let page = asked.get("page").map_or(Some(1), positive).ok_or(Error::NotFound)?;
        Ok(Paging { page, size: size.unwrap_or(i64::from(PAGE_SIZE)).min(i64::from(PAGE_MAX)) })
    }

    /// How many come before it.
    pub fn skipped(self) -> i64 {
        (self.page - 1).saturating_mul(self.size)
    }

    /// A page as the framework wraps it; one beyond the last is not found.
    pub fn wrap(self, app: &App, uri: &Uri, count: i64, results: Vec<Value>) -> Result<Json<Value>> {
        if self.page > 1 && self.skipped() >= count {
            return Err(Error::NotFound);
        }
        let link = |page: i64| {
            let others = uri.query().unwrap_or_default().split('&');
            let mut query: Vec<String> = others
                .filter(|pair| !pair.is_empty() && !pair.starts_with("page="))
                .map(str::to_owned)
                .collect();
            query.push(format!("page={page}"));
            format!("{}{}?{}", app.config.public_origin(), uri.path(), query.join("&"))
        };
        let more = self.skipped() + self.size < count;
        Ok(Json(json!({
            "count": count,
            "next": more.then(|| link(self.page + 1)),
            "previous": (self.page > 1).then(|| link(self.page - 1)),
            "results": results,
        })))
    }
}
