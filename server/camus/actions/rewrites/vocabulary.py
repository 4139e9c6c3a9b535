"""The words that naming conventions are made of; knows no grammar."""

from __future__ import annotations


def word_set(text: str) -> frozenset[str]:
    """The words of a text, in no order."""
    return frozenset(text.split())


ACRONYMS = {
    word.lower(): word
    for word in word_set(
        """
        API ASCII AST AWS CLI CPU CSS CSV DB DNS DOM FTP GIL GPU GUI HTML HTTP HTTPS ID IDs IO IP
        IRC JS JSON JSX JWT LSP MIME OS PDF PID PNG RAM RGB RPC RSA SDK SHA SMTP SQL SSH SSL SVG
        TCP TLS TOML TTL UDP UI URI URIs URL URLs UTC UTF UUID VM XML YAML
        """
    )
}
EITHER = word_set(
    """
    access attempt audit batch block break buffer cache cast chain change check chunk copy count
    cut cycle diff display document dump end exit export feed filter fold format group hash help
    hook import index issue label limit link list lock log loop map mark mask match mirror mock
    offset order output patch pick pipe place plan plot position post present print process proxy
    query queue rank record reply report request result return sample scale score search seed set
    shift sign slice sort split spread stack start state step stream style sum switch sync tag
    trace track transfer transform use value view visit wait watch
    """
)
"""Words that are verbs in front of an object, yet nouns when they stand alone and give a value."""
VERBS = EITHER | word_set(
    """
    abort accept accumulate acquire activate adapt add adjust advance aggregate align allocate
    allow analyse analyze announce append apply approve archive ask assemble assert assign
    associate assume attach authenticate authorize await backup balance become begin benchmark bind
    boot bounce broadcast browse build bump bundle calculate call cancel capture catch chmod choose
    chown clamp clean cleanup clear click clip clone close coerce collapse collect combine commit
    compact compare compile complete compose compress compute concat concatenate configure confirm
    connect construct consume contain convert correct crawl create crop customize deactivate
    debounce debug decipher declare decode decorate decrease decrement decrypt dedupe deduplicate
    defer define deflate delay delegate delete deliver demote deny depart deploy deprecate dequeue
    deregister derive describe deserialize destroy detach detect determine disable disassociate
    discard disconnect discover dispatch dispose divide do download drain draw drop duplicate echo
    edit eject elevate embed emit empty enable encipher encode encrypt enforce enqueue ensure enter
    enumerate equalize erase escape establish estimate eval evaluate examine exclude exec execute
    expand expect explain explode expose extend extract fail fetch fill finalize find finish fire
    fit fix flatten flip flush focus follow force fork forward free freeze gather generate get give
    go gobble grab grant grow guard guess handle hide highlight hold identify ignore implement
    include increase increment indent infer inflate inherit init initialise initialize inject
    insert inspect install instantiate instrument integrate interpolate interpret intersect
    invalidate invert invoke isolate iterate join jump keep kill launch leave lex lint listen load
    locate login logout look lookup lower maintain make manage maximize measure merge migrate
    minimize mix modify monitor move multiply mutate navigate negate negotiate normalise normalize
    notify obtain omit open optimize organize orient overlay override pack pad paginate paint parse
    partition pass paste pause peek perform permute persist pickle ping play poll pop populate
    predict prefetch prepare prepend preprocess preserve press prettify prevent probe proceed
    produce promote prompt propagate provide prune publish pull purge push put quit quote raise
    randomize read rebuild recalculate receive recompute reconnect recover recurse recv redact
    redirect redo reduce refactor refer refine reformat refresh register reject release reload
    remap remove rename render reopen reorder repair repeat replace represent require reset reshape
    resize resolve respond restart restore restrict resume retrieve retry reuse reverse revert
    review revoke rewind rewrite roll rollback rotate round route run sanitize save scan schedule
    scroll seal seek select send separate serialize serve setup show shrink shuffle shut shutdown
    simplify simulate skip sleep slugify smooth snap solve spawn squash stash stop store stringify
    strip submit subscribe subtract suggest summarize supply support suppress suspend swap
    synchronize take tear tell terminate throttle throw tick toggle tokenize touch train translate
    transpose traverse trigger trim truncate try tune turn undo unescape unify uninstall unload
    unlock unpack unquote unregister unset unsubscribe untag unwrap unzip update upgrade upload
    validate vendor verify walk warn wrap write yield zip zoom
    """
)
STATES = word_set("clean clear close complete correct empty free live open separate")
"""Verbs that, alone, are rather what something is: `open: bool`."""
NOUN_ENDS = word_set(
    """
    class code count date dir file id index key kind length level limit line list mode name names
    number option options path paths position rate size state status string table text time type
    types url value values width height
    """
)
"""Words that end the name of a thing, so that an ambiguous first word is no verb."""
ASKING = word_set(
    """
    is was are has have can could will should must does needs supports contains exists equals
    accepts allows matches includes requires uses
    """
)
"""First words of a name that asks something."""
LINKS = word_set("by for from in of on to with as at into if and or when")

MAGIC = {
    "__abs__": "Return abs(self).",
    "__add__": "Return self + {0}.",
    "__aenter__": "Enter the asynchronous context.",
    "__aexit__": "Exit the asynchronous context.",
    "__aiter__": "Return an asynchronous iterator.",
    "__and__": "Return self & {0}.",
    "__anext__": "Return the next item.",
    "__await__": "Return an iterator for `await`.",
    "__bool__": "Return the truth value of self.",
    "__bytes__": "Return bytes(self).",
    "__call__": "Call self as a function.",
    "__complex__": "Return complex(self).",
    "__contains__": "Return {0} in self.",
    "__copy__": "Return a shallow copy.",
    "__deepcopy__": "Return a deep copy.",
    "__del__": "Clean up before the object goes away.",
    "__delattr__": "Implement delattr(self, {0}).",
    "__delete__": "Delete the attribute from {0}.",
    "__delitem__": "Delete self[{0}].",
    "__dir__": "Return the names that dir(self) lists.",
    "__divmod__": "Return divmod(self, {0}).",
    "__enter__": "Enter the context.",
    "__eq__": "Return self == {0}.",
    "__exit__": "Exit the context.",
    "__float__": "Return float(self).",
    "__floordiv__": "Return self // {0}.",
    "__format__": "Return format(self, {0}).",
    "__fspath__": "Return the path as the file system takes it.",
    "__ge__": "Return self >= {0}.",
    "__get__": "Return the attribute's value for {0}.",
    "__getattr__": "Return an attribute that ordinary lookup does not find.",
    "__getattribute__": "Return getattr(self, {0}).",
    "__getitem__": "Return self[{0}].",
    "__getstate__": "Return the state to pickle.",
    "__gt__": "Return self > {0}.",
    "__hash__": "Return hash(self).",
    "__iadd__": "Return self += {0}.",
    "__iand__": "Return self &= {0}.",
    "__imul__": "Return self *= {0}.",
    "__index__": "Return self as an index.",
    "__init_subclass__": "Set up a new subclass.",
    "__int__": "Return int(self).",
    "__invert__": "Return ~self.",
    "__ior__": "Return self |= {0}.",
    "__isub__": "Return self -= {0}.",
    "__iter__": "Return an iterator over self.",
    "__le__": "Return self <= {0}.",
    "__len__": "Return len(self).",
    "__lshift__": "Return self << {0}.",
    "__lt__": "Return self < {0}.",
    "__matmul__": "Return self @ {0}.",
    "__missing__": "Return the value of a missing key.",
    "__mod__": "Return self % {0}.",
    "__mul__": "Return self * {0}.",
    "__ne__": "Return self != {0}.",
    "__neg__": "Return -self.",
    "__new__": "Create and return a new object.",
    "__next__": "Return the next item.",
    "__or__": "Return self | {0}.",
    "__pos__": "Return +self.",
    "__post_init__": "Finish the initialization.",
    "__pow__": "Return self ** {0}.",
    "__radd__": "Return {0} + self.",
    "__rand__": "Return {0} & self.",
    "__reduce__": "Return what pickle needs.",
    "__reduce_ex__": "Return what pickle needs.",
    "__repr__": "Return repr(self).",
    "__reversed__": "Return a reverse iterator over self.",
    "__rmul__": "Return {0} * self.",
    "__ror__": "Return {0} | self.",
    "__round__": "Return round(self).",
    "__rshift__": "Return self >> {0}.",
    "__rsub__": "Return {0} - self.",
    "__rtruediv__": "Return {0} / self.",
    "__set__": "Set the attribute on {0}.",
    "__set_name__": "Note the name this is assigned to.",
    "__setattr__": "Implement setattr(self, {0}, value).",
    "__setitem__": "Set self[{0}].",
    "__setstate__": "Restore the pickled state.",
    "__sizeof__": "Return the size in bytes.",
    "__str__": "Return str(self).",
    "__sub__": "Return self - {0}.",
    "__truediv__": "Return self / {0}.",
    "__xor__": "Return self ^ {0}.",
}
"""The summary of each method the data model names; `{0}` is its first parameter."""
