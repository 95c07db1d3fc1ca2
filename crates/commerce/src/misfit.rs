//! Why a voucher does not fit an order, and what is missing.

/// Why a voucher does not fit an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Misfit {
    /// Nothing is in the cart.
    EmptyCart,
    /// Nothing in the cart is from a brand that takes it.
    Brand {
        /// The brands that do.
        brands: Vec<String>,
    },
    /// The order is too small.
    MinSpend {
        /// What is missing, minor units.
        missing: i64,
    },
    /// Nothing in the cart is of the kind that it is for.
    Goods {
        /// The category that it is for,
        category: Option<String>,
        /// or the very item.
        item: Option<String>,
    },
    /// Too few pieces.
    Pieces {
        /// How many are missing.
        missing: u32,
    },
    /// It pays for delivery, and the order is picked up.
    NotDelivered,
    /// It begins later.
    NotYet,
    /// It has run out.
    Over,
}

impl Misfit {
    /// A stable code, in the vocabulary of the commerce protocols UCP and ACP where they have one.
    ///
    /// Not theirs: `discount_code_item_ineligible`, `discount_code_not_yet_valid`, `discount_code_fulfillment_ineligible`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::EmptyCart | Self::Brand { .. } | Self::Goods { .. } => "discount_code_item_ineligible",
            Self::MinSpend { .. } | Self::Pieces { .. } => "discount_code_minimum_not_met",
            Self::NotDelivered => "discount_code_fulfillment_ineligible",
            Self::NotYet => "discount_code_not_yet_valid",
            Self::Over => "discount_code_expired",
        }
    }
}
