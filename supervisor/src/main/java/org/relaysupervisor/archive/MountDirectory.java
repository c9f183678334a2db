package org.relaysupervisor.archive;

/** What the directory of a mount is called, wherever its audio is. */
public final class MountDirectory {
    private MountDirectory() {}

    /** Without a slash, and never hidden. */
    public static String name(String mount) {
        String name = mount.replaceFirst("^/", "").replaceAll("[^A-Za-z0-9._-]", "_");
        return name.isEmpty() || name.startsWith(".") ? "_" + name : name;
    }
}
