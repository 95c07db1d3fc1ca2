//! Vouchers: each balance against the history and against the grants.

use std::collections::BTreeMap;

use super::Auditor;
use crate::rows::VoucherRow;

/// One voucher, counted in three ways.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) row: VoucherRow,
    pub(super) issued: i64,
    pub(super) claims: i64,
    pub(super) by_history: BTreeMap<&'static str, i64>,
    pub(super) by_rows: BTreeMap<&'static str, i64>,
}

impl Auditor {
    /// Compares the three counts of a voucher.
    pub(super) fn balance(&mut self, id: &str, tally: &Tally) {
        let row = &tally.row;
        let parts = [
            ("claimed", row.claimed),
            ("reserved", row.reserved),
            ("redeemed", row.redeemed),
            ("expired", row.expired),
            ("revoked", row.revoked),
        ];
        for (name, balance) in parts {
            let told = tally.by_history.get(name).copied().unwrap_or(0);
            let counted = tally.by_rows.get(name).copied().unwrap_or(0);
            if balance != told || balance != counted {
                self.breach(format!(
                    "voucher {id:?}: {balance} {name} by its balance, {told} by the history, {counted} by the grants"
                ));
            }
            if balance < 0 {
                self.breach(format!("voucher {id:?}: {balance} {name}"));
            }
        }
        if row.issued != tally.issued {
            self.breach(format!(
                "voucher {id:?}: {} issued by its balance, {} by the history",
                row.issued, tally.issued
            ));
        }
        let left = tally.issued - tally.claims;
        if row.available != left || left < 0 {
            self.breach(format!("voucher {id:?}: {} available by its balance, {left} by the history", row.available));
        }
        let sum = row.available + parts.iter().map(|(_, balance)| balance).sum::<i64>();
        if row.issued != sum {
            self.breach(format!("voucher {id:?}: {} issued, but the parts add up to {sum}", row.issued));
        }
    }
}
