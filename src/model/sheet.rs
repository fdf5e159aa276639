//! Sheets: pages that are drawn by the server alone, because nothing in them moves.

use serde::{Deserialize, Serialize};

/// Which one, and what came of the form that led there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Sheet {
    Settings { outcome: String },
    Notices,
}
