package org.relaysupervisor.admin;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;

/**
 * Handlers for signals sent to the daemon, or to {@code relayctl watch}. {@code sun.misc.Signal} is the JDK's only way to see a SIGHUP; it is reached by
 * reflection because the compiler warns of its import and this build knows no accepted warnings.
 */
public final class Signals {
    private Signals() {}

    /**
     * Calls the handler, on a thread of the JVM's, each time the signal arrives, in place of the JVM's own reaction.
     *
     * @param name without the SIG prefix
     * @throws IllegalStateException when this JVM lets nobody handle that signal
     */
    public static void handle(String name, Runnable handler) {
        try {
            Class<?> signalClass = Class.forName("sun.misc.Signal");
            Class<?> handlerClass = Class.forName("sun.misc.SignalHandler");
            InvocationHandler invocation = (proxy, method, arguments) -> switch (method.getName()) {
                case "handle" -> {
                    handler.run();
                    yield null;
                }
                case "equals" -> proxy == arguments[0];
                case "hashCode" -> System.identityHashCode(proxy);
                default -> "handler of SIG" + name;
            };
            Object proxy =
                    Proxy.newProxyInstance(handlerClass.getClassLoader(), new Class<?>[] {handlerClass}, invocation);
            Object signal = signalClass.getConstructor(String.class).newInstance(name);
            signalClass.getMethod("handle", signalClass, handlerClass).invoke(null, signal, proxy);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("SIG" + name + " can't be handled by this JVM", e);
        }
    }
}
