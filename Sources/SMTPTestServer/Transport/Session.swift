/// What a handler knows about its connection while it is open.
final class Session {
    let index: Int
    var machine: ServerStateMachine
    var sawQuit = false

    init(index: Int, machine: consuming ServerStateMachine) {
        self.index = index
        self.machine = machine
    }
}
