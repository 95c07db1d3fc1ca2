//! Words about who read a sentence, the remote agent, and new versions of the page.

use oolong_cascade::{LocalWas, RemoteWas};

/// These words in one language.
pub(crate) struct AgentWords {
    /// Asks whether sentences may be sent.
    pub(crate) ask: &'static str,
    /// What is sent then.
    pub(crate) sent: &'static str,
    pub(crate) yes: &'static str,
    pub(crate) no: &'static str,
    pub(crate) title: &'static str,
    pub(crate) allowed: &'static str,
    pub(crate) refused: &'static str,
    pub(crate) allow: &'static str,
    pub(crate) revoke: &'static str,
    pub(crate) spared_title: &'static str,
    /// Sentences the server never heard of, of all.
    pub(crate) spared: fn(u64, u64) -> String,
    /// What stands below an answer from names and rules.
    pub(crate) last_resort: &'static str,
    pub(crate) by_remote: &'static str,
    pub(crate) because: &'static str,
    pub(crate) local: fn(LocalWas) -> &'static str,
    pub(crate) remote: fn(&RemoteWas) -> &'static str,
    pub(crate) update: &'static str,
    pub(crate) switch: &'static str,
}

pub(super) const ENGLISH: AgentWords = AgentWords {
    ask: "May I ask the shop’s server when this device is not sure?",
    sent: "It gets your sentence, the names on the menu that it may refer to, and your cart. Nothing else, and only then. \
           You can change this any time under “Model”.",
    yes: "Yes, ask the server",
    no: "No, keep it here",
    title: "Shop’s server",
    allowed: "asked when this device is not sure",
    refused: "never asked",
    allow: "Allow",
    revoke: "Stop asking",
    spared_title: "Understood here",
    spared: |spared, all| format!("{spared} of {all} sentences, without the server"),
    last_resort: "Read by names and simple rules only. Please check it.",
    by_remote: "Read by the shop’s server.",
    because: "Why",
    local: |was| match was {
        LocalWas::Sure => "the model was sure",
        LocalWas::Unsure => "the model was not sure",
        LocalWas::Loading => "the model is still loading",
        LocalWas::Slow => "the model took too long",
        LocalWas::Broken => "the model failed",
        LocalWas::Absent => "there is no model",
    },
    remote: |was| match was {
        RemoteWas::NotNeeded => "the server was not needed",
        RemoteWas::None => "this site has no server to ask",
        RemoteWas::NotAllowed => "the server may not be asked",
        RemoteWas::Offline => "there is no network",
        RemoteWas::Resting => "the server is in trouble and left alone for a moment",
        RemoteWas::NoTime => "there was no time left for the server",
        RemoteWas::Abandoned => "you went on before the server answered",
        RemoteWas::Failed(_) => "the server gave no usable answer",
        RemoteWas::Answered => "the server answered",
    },
    update: "A new version of this page is ready. Your cart stays as it is.",
    switch: "Switch now",
};

pub(super) const CHINESE: AgentWords = AgentWords {
    ask: "这台设备没把握时，可以问店家的服务器吗？",
    sent: "只会发送：这句话、菜单上可能提到的名称、你的购物车。别的都不发，有把握时也不发。随时可以在“模型”里改。",
    yes: "可以，去问",
    no: "不用，只在本机",
    title: "店家服务器",
    allowed: "本机没把握时会问",
    refused: "从不询问",
    allow: "允许",
    revoke: "不再询问",
    spared_title: "本机读懂",
    spared: |spared, all| format!("{all} 句里有 {spared} 句没有惊动服务器"),
    last_resort: "这句只按名称和简单规则读的，请核对一下。",
    by_remote: "这句是店家服务器读的。",
    because: "原因",
    local: |was| match was {
        LocalWas::Sure => "模型有把握",
        LocalWas::Unsure => "模型没把握",
        LocalWas::Loading => "模型还在加载",
        LocalWas::Slow => "模型太慢了",
        LocalWas::Broken => "模型出错了",
        LocalWas::Absent => "没有可用的模型",
    },
    remote: |was| match was {
        RemoteWas::NotNeeded => "不需要服务器",
        RemoteWas::None => "本站没有可问的服务器",
        RemoteWas::NotAllowed => "未允许问服务器",
        RemoteWas::Offline => "没有网络",
        RemoteWas::Resting => "服务器繁忙，先不打扰它",
        RemoteWas::NoTime => "来不及问服务器",
        RemoteWas::Abandoned => "服务器回答前你已说了下一句",
        RemoteWas::Failed(_) => "服务器没有给出可用的回答",
        RemoteWas::Answered => "服务器回答了",
    },
    update: "本页有新版本了，购物车会原样保留。",
    switch: "现在切换",
};
