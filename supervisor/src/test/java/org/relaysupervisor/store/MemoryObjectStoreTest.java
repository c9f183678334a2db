package org.relaysupervisor.store;

class MemoryObjectStoreTest extends ObjectStoreContract {
    @Override
    ObjectStore store() {
        return new MemoryObjectStore();
    }
}
